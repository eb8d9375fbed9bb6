<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use App\Models\User;
use Illuminate\Routing\Route;
use Illuminate\Support\Facades\DB;
use Illuminate\Testing\TestResponse;
use Sla\Actor;
use Sla\Apply;
use Sla\Laravel\Http\Controllers\CommandController;
use Sla\Laravel\Models\SupportEvent;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Policy\DraftForms;
use Sla\Laravel\Store\AdoptionStore;
use Sla\Laravel\Tests\CommandTable;
use Sla\Laravel\Tests\TestCase;

/** Every route of this package, as every role, on tickets in every relation to it. A route that is not in the table fails. */
final class RoutesTest extends TestCase
{
    /**
     * What each route is: `list` for everyone with a role; `public` without one; the action or command that the engine is asked
     * for; a list where two must be permitted; `any command` where the address names it. Then what the request has, where it
     * needs something, and its status when it is permitted. Of a parameter with several values each is asked.
     */
    private const ROUTES = [
        'sla.api.tickets' => ['list'],
        'sla.api.tickets.store' => ['open', [], self::OPENING, 201],
        'sla.api.ticket' => ['view_ticket'],
        'sla.api.ticket.audit' => [['view_metrics', 'view_ticket']],
        'sla.api.ticket.act' => ['any command'],
        'sla.api.dashboard' => ['view_metrics'],
        'sla.api.agent.dashboard' => ['view_metrics'],
        'sla.api.escalations' => ['list'],
        'sla.api.reports' => ['view_metrics', ['unit' => self::UNITS]],
        'sla.api.packages' => ['view_metrics', ['unit' => self::UNITS]],
        'sla.api.agents' => ['view_metrics', ['unit' => self::UNITS]],
        'sla.api.policy.draft' => ['manage_policy'],
        'sla.api.policy.package' => ['manage_policy', ['package' => 'gold'], self::PACKAGE],
        'sla.api.policy.package.remove' => ['manage_policy', ['package' => 'starter']],
        'sla.api.policy.channel' => ['manage_policy', ['channel' => 'fax'], ['name' => 'Fax', 'position' => 9]],
        'sla.api.policy.channel.remove' => ['manage_policy', ['channel' => 'phone']],
        'sla.api.policy.setting' => ['manage_policy', ['key' => 'roles'], ['self_assign' => false]],
        'sla.api.policy.preview' => ['manage_policy'],
        'sla.api.policy.what_if' => ['manage_policy'],
        'sla.api.policy.publish' => ['manage_policy', [], ['reason' => 'x'], 409],
        'sla.api.policy.revisions' => ['manage_policy'],
        'sla.api.policy.adoptions' => ['manage_policy'],
        'sla.api.policy.adoptions.start' => ['manage_policy', [], ['apply' => 'keep', 'reason' => 'x'], 201],
        'sla.api.policy.adoption' => ['manage_policy', ['adoption' => 1]],
        'sla.api.policy.adoption.stop' => ['manage_policy', ['adoption' => 1], [], 409],
        'sla.api.policy.adoption.resume' => ['manage_policy', ['adoption' => 1], [], 409],
        'sla.tickets' => ['list'],
        'sla.tickets.create' => ['list'],
        'sla.tickets.store' => ['open', [], self::OPENING, 201],
        'sla.ticket' => ['view_ticket'],
        'sla.ticket.audit' => [['view_metrics', 'view_ticket']],
        'sla.ticket.response' => ['customer_message or reply'],
        'sla.ticket.escalation' => ['request_escalation'],
        'sla.ticket.rating' => ['rate'],
        'sla.dashboard' => ['view_metrics'],
        'sla.dashboard.live' => ['view_metrics'],
        'sla.escalations' => ['view_metrics'],
        'sla.reports' => ['view_metrics', ['unit' => self::UNITS]],
        'sla.packages' => ['view_metrics', ['unit' => self::UNITS]],
        'sla.agents' => ['view_metrics', ['unit' => self::UNITS]],
        'sla.definitions' => ['manage_policy'],
        'sla.definitions.preview' => ['manage_policy'],
        'sla.definitions.what_if' => ['manage_policy'],
        'sla.definitions.part' => ['manage_policy', ['part' => DraftForms::PARTS], ['id' => 'first_response']],
        'sla.definitions.part.save' => ['manage_policy', ['part' => DraftForms::PARTS], ['id' => 'first_response', '_do' => 'delete'], 303],
        'sla.definitions.revisions' => ['manage_policy'],
        'sla.adoptions' => ['manage_policy'],
        'sla.adoptions.start' => ['manage_policy', [], ['apply' => 'keep', 'reason' => 'x'], 201],
        'sla.adoption' => ['manage_policy', ['adoption' => 1]],
        'sla.adoption.live' => ['manage_policy', ['adoption' => 1]],
        'sla.adoption.stop' => ['manage_policy', ['adoption' => 1], [], 409],
        'sla.adoption.resume' => ['manage_policy', ['adoption' => 1], [], 409],
        'sla.definitions.publish' => ['manage_policy', [], ['reason' => 'x'], 409],
        'sla.agent.dashboard' => ['view_metrics'],
        'sla.agent.dashboard.live' => ['view_metrics'],
        'sla.agent.tickets' => ['list'],
        'sla.agent.act' => ['any command'],
        'sla.asset' => ['public', ['hash' => '0000000000000000', 'name' => 'style'], [], 404],
        'sla.health' => ['public', [], [], 404],
    ];
    private const UNITS = ['day', 'week', 'month', 'year'];
    private const OPENING = ['subject' => 'x', 'message' => 'x', 'channel' => 'email'];
    private const PACKAGE = ['name' => 'Gold', 'rank' => 9, 'channels' => ['email'], 'calendar' => 'office', 'first_response' => '1h'];
    /** The commands that no route has. */
    private const ELSEWHERE = ['open'];
    private const USERS = [
        'kim' => ['customer', 'starter', null], 'lee' => ['customer', 'enterprise', null],
        'ana' => ['agent', null, null], 'tom' => ['agent', null, 'billing'], 'bob' => ['agent', null, 'sales'], 'root' => ['admin', null, null],
    ];
    private const ABSENT = 987_654;

    private CommandTable $table;

    /** @var array<string, mixed> */
    private array $rules;

    /** @var array<string, User> */
    private array $users = [];

    /** @var array<string, int> by status */
    private array $ids = [];

    private int $duplicate;

    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
        $this->table = new CommandTable();
        $this->rules = (array) (json_decode((string) DB::table('sla_policy_revisions')->value('document'), true)['roles'] ?? []);
        self::assertSame('team', $this->rules['agents_act_on']);
        foreach (self::USERS as $id => [$role, $package, $teams]) {
            $this->users[$id] = $this->user($id, $role, $package, teams: $teams);
        }
        $this->openTickets();
        $adoptions = $this->app->make(AdoptionStore::class);
        self::assertFalse($adoptions->step((int) $adoptions->start(Actor::admin('root'), Apply::Keep, 'x')));
    }

    public function test_every_route_is_in_the_table(): void
    {
        $named = array_map(static fn (Route $route): ?string => $route->getName(), $this->routes());
        self::assertSame([], array_diff($named, array_keys(self::ROUTES)), 'routes that the table lacks');
        self::assertSame([], array_diff(array_keys(self::ROUTES), $named), 'rows without a route');
        $commands = CommandController::commands();
        sort($commands);
        $documented = array_diff($this->table->commands(), self::ELSEWHERE);
        sort($documented);
        self::assertSame($documented, $commands);
    }

    public function test_who_acts_is_asked_first(): void
    {
        $max = $this->user('max', 'visitor');
        foreach ($this->routes() as $route) {
            foreach ($this->calls($route, $this->ids['open']) as $call) {
                if (self::ROUTES[$route->getName()][0] === 'public') {
                    $this->send($call)->assertStatus(404);
                    continue;
                }
                $this->app['auth']->forgetGuards();
                $this->send($call)->assertStatus(401);
                $this->send($call, $max)->assertStatus(403)->assertJsonPath('message', 'this user has no role');
            }
        }
        self::assertSame(0, DB::table('sla_denials')->count());
    }

    public function test_every_route_as_every_role_on_every_ticket(): void
    {
        $asked = 0;
        foreach ($this->routes() as $route) {
            $tickets = str_contains($route->uri(), '{ticket}') ? $this->ids + ['absent' => self::ABSENT] : ['none' => 0];
            foreach ($tickets as $status => $id) {
                foreach ($this->users as $name => $user) {
                    foreach ($this->calls($route, $id, $name) as $call) {
                        $answer = $this->send($call, $user);
                        $place = "{$call['method']} {$call['path']} of the ticket `{$status}` as {$name}: {$answer->getContent()}";
                        self::assertSame($this->expected($route, $call, $status, $name), $answer->status(), $place);
                        $asked++;
                    }
                }
            }
        }
        self::assertGreaterThan(2000, $asked);
    }

    public function test_a_foreign_ticket_is_answered_like_one_that_is_absent(): void
    {
        $foreign = $this->ids['elsewhere'];
        foreach (['kim', 'ana', 'tom', 'bob'] as $name) {
            foreach ($this->routes() as $route) {
                foreach (str_contains($route->uri(), '{ticket}') ? $this->calls($route, $foreign, $name) : [] as $call) {
                    if ($this->expected($route, $call, 'elsewhere', $name) !== 403) {
                        continue;
                    }
                    foreach ([true, false] as $isJson) {
                        $of = function (int $id) use ($call, $name, $foreign, $isJson): array {
                            $path = str_replace((string) $foreign, (string) $id, $call['path']);
                            $answer = $this->send(['path' => $path] + $call, $this->users[$name], $isJson);

                            return [$answer->status(), preg_replace('/name="_token" value="[^"]*"/', '', (string) $answer->getContent()), (string) $answer->headers->get('Location')];
                        };
                        self::assertSame($of($foreign), $of(self::ABSENT), "{$call['path']} as {$name}");
                    }
                }
            }
        }
    }

    public function test_a_number_in_a_command_tells_nothing_either(): void
    {
        $own = $this->ids['open'];
        foreach (['kim', 'ana'] as $name) {
            foreach (['void' => 'duplicate_of', 'absorb' => 'ticket'] as $command => $field) {
                $answers = [];
                foreach ([$this->ids['elsewhere'], self::ABSENT] as $id) {
                    $answers[] = $this->send(['method' => 'POST', 'path' => "/api/sla/tickets/{$own}/{$command}", 'input' => ['reason' => 'x', $field => $id]], $this->users[$name])->assertStatus(403)->json();
                }
                self::assertSame($answers[0], $answers[1], $command);
            }
        }
        $this->send(['method' => 'POST', 'path' => "/api/sla/tickets/{$own}/void", 'input' => ['reason' => 'x', 'duplicate_of' => self::ABSENT]], $this->users['root'])
            ->assertStatus(404)->assertExactJson(['message' => 'there is no ticket #' . self::ABSENT]);
    }

    public function test_the_ids_of_commands_on_a_foreign_ticket_tell_nothing(): void
    {
        $id = $this->ids['elsewhere'];
        $this->tickets()->customerMessage($id, Actor::customer('lee'), 'email', 'Hello?', null, 'k-1');
        $write = fn (string $key): TestResponse => $this->actingAs($this->users['kim'])
            ->postJson("/support/tickets/{$id}/response", ['channel' => 'email', 'message' => 'Hello?'], ['Idempotency-Key' => $key])->assertStatus(403);
        self::assertSame($write('k-2')->json(), $write('k-1')->json());
    }

    public function test_every_form_of_the_web_needs_its_token(): void
    {
        // The framework asks for no token while `env` is testing.
        $this->app['env'] = 'local';
        $before = [SupportEvent::query()->count(), DB::table('sla_definitions')->get()->all()];
        $changing = 0;
        foreach ($this->routes() as $route) {
            if (!in_array('web', $route->gatherMiddleware(), true) || $route->methods()[0] === 'GET') {
                continue;
            }
            foreach ($this->calls($route, $this->ids['open'], 'root') as $call) {
                $changing++;
                foreach ([true, false] as $isJson) {
                    $this->send($call, $this->users['root'], $isJson)->assertStatus(419);
                    $this->send(['input' => $call['input'] + ['_token' => 'guessed']] + $call, $this->users['root'], $isJson)->assertStatus(419);
                }
            }
        }
        self::assertGreaterThan(20, $changing);
        self::assertEquals($before, [SupportEvent::query()->count(), DB::table('sla_definitions')->get()->all()]);
        // Every form that changes something carries it.
        $forms = 0;
        foreach ($this->routes() as $route) {
            if ($route->methods()[0] !== 'GET' || !in_array('web', $route->gatherMiddleware(), true)) {
                continue;
            }
            foreach ($this->calls($route, $this->ids['open'], 'root') as $call) {
                preg_match_all('~<form[^>]*method="post".*?</form>~s', (string) $this->send($call, $this->users['root'], false)->assertOk()->getContent(), $found);
                foreach ($found[0] as $form) {
                    self::assertMatchesRegularExpression('/<input type="hidden" name="_token" value="[A-Za-z0-9]{40}"/', $form, $call['path']);
                    $forms++;
                }
            }
        }
        self::assertGreaterThan(10, $forms);
    }

    public function test_what_no_field_is_for_changes_nothing(): void
    {
        $more = [
            'id' => 77, 'reference' => 'T', 'status' => 'closed', 'priority' => 'urgent', 'package' => 'enterprise', 'organization' => 'acme', 'agent' => 'kim', 'team' => 'sales',
            'customer' => 'lee', 'first_response_due_at' => '2030-01-01', 'resolution_due_at' => 1, 'due_at' => '2030-01-01', 'opened_at' => 1, 'received_at' => '2026-11-01T00:00:00Z',
            'at' => '2026-11-01', 'policy_digest' => str_repeat('0', 64), 'actor' => ['role' => 'admin', 'id' => 'root'], 'role' => 'admin', 'sla_role' => 'admin', 'command' => 'void',
            'automatic' => true, 'is_public' => false, 'level' => 9, 'apply' => 'retroactive', 'events' => [],
        ];
        $stored = static fn (): array => [(array) DB::table('support_tickets')->orderByDesc('id')->first(), (array) DB::table('support_responses')->orderByDesc('id')->first(), (array) DB::table('support_escalations')->orderByDesc('id')->first()];
        $alike = static fn (array $rows): array => array_map(static fn (array $row): array => array_diff_key($row, ['id' => 0, 'ticket_id' => 0, 'reference' => 0, 'message_ref' => 0]), $rows);
        foreach (['/api/sla/tickets', '/support/tickets'] as $at) {
            $seen = [];
            foreach ([[], array_diff_key($more, ['customer' => 0])] as $extra) {
                $id = (int) $this->actingAs($this->users['kim'])->postJson($at, self::OPENING + $extra)->assertStatus(201)->json('ticket.id');
                $this->postJson("/support/tickets/{$id}/response", ['channel' => 'chat', 'message' => 'Hello?'] + $extra + $more)->assertOk();
                $this->postJson("/support/tickets/{$id}/escalation", ['channel' => 'chat', 'reason' => 'hurry'] + $extra + $more)->assertOk();
                $seen[] = $alike($stored());
            }
            self::assertSame($seen[0], $seen[1], $at);
            self::assertSame(['starter', 'normal', 'new', 'kim'], array_map(static fn (string $column) => $seen[1][0][$column], ['package', 'priority', 'status', 'customer']));
        }
        // Nor does a customer name terms by a command, or who acts.
        foreach (['assign', 'change_package', 'classify', 'adopt_revision', 'void', 'close', 'reply', 'note', 'pause'] as $command) {
            $this->postJson("/api/sla/tickets/{$this->ids['open']}/{$command}", ['package' => 'enterprise', 'apply' => 'retroactive'] + $this->input($command, 'kim') + $more)->assertStatus(403);
        }
    }

    /** @return iterable<string, array{string}> */
    public function nastyTexts(): iterable
    {
        yield 'SQL' => ["x'); drop table support_tickets; --"];
        yield 'SQL in double quotes' => ['x" or "1"="1'];
        yield 'SQL with a backslash' => ["\\'; select pg_sleep(9); --"];
        yield 'a script' => ['<script>alert(1)</script>'];
        yield 'an attribute' => ['"><img src=x onerror=alert(1)>'];
        yield 'an attribute in single quotes' => ["'><svg/onload=alert(1)>"];
        yield 'Blade' => ['{{11111*10001}}{!!11111*10001!!}@if(1)'];
        yield 'a placeholder of translations' => [':count :shown :version %s %n ${x}'];
        yield 'a tag that ends' => ['</textarea></title></select><h1>hi'];
    }

    /** @dataProvider nastyTexts */
    public function test_what_people_write_is_text_everywhere(string $nasty): void
    {
        // Where a user's id or a name holds it, too: an application may take names from elsewhere.
        $this->user($nasty, 'customer', 'starter');
        $agent = $this->user("a{$nasty}", 'agent', teams: $nasty);
        $id = (int) $this->actingAs(User::query()->findOrFail($nasty))->postJson('/support/tickets', ['subject' => $nasty, 'message' => $nasty, 'channel' => 'email'])->assertStatus(201)->json('ticket.id');
        $this->postJson("/support/tickets/{$id}/escalation", ['reason' => $nasty, 'channel' => 'email'])->assertOk();
        $this->postJson("/support/tickets/{$id}/response", ['message' => $nasty, 'channel' => $nasty])->assertStatus(422);
        $this->actingAs($this->users['root'])->postJson("/agent/tickets/{$id}/assign", ['agent' => "a{$nasty}", 'team' => $nasty])->assertOk();
        $this->actingAs($agent)->postJson("/agent/tickets/{$id}/note", ['message' => $nasty])->assertOk();
        $this->postJson("/agent/tickets/{$id}/pause", ['status' => 'pending', 'reason' => $nasty])->assertOk();
        $this->actingAs($this->users['root'])->putJson('/api/sla/policy/draft/channels/fax', ['name' => $nasty, 'position' => 9])->assertOk();
        $this->putJson('/api/sla/policy/draft/packages/gold', ['name' => $nasty, 'calendar' => $nasty] + self::PACKAGE)->assertOk();
        self::assertSame([$nasty, "a{$nasty}", $nasty, 'pending'], array_values((array) DB::table('support_tickets')->where('id', $id)->first(['subject', 'agent', 'team', 'status'])));
        $shown = 0;
        foreach ($this->routes() as $route) {
            if ($route->methods()[0] !== 'GET' || !in_array('web', $route->gatherMiddleware(), true)) {
                continue;
            }
            foreach (['root', "a{$nasty}", $nasty] as $who) {
                foreach ($this->calls($route, $id, 'root') as $call) {
                    $page = (string) $this->send($call, User::query()->findOrFail($who), false)->getContent();
                    $shown += substr_count($page, e($nasty)) > 0 ? 1 : 0;
                    self::assertStringNotContainsString('111121111', $page, $call['path']);
                    if (preg_match('/[<>]/', $nasty) === 1) {
                        self::assertStringNotContainsString($nasty, $page, "{$call['path']} as {$who}");
                    }
                }
            }
        }
        self::assertGreaterThan(6, $shown);
        // In fields that search.
        foreach (['status', 'before', 'assigned'] as $field) {
            $this->actingAs($this->users['root'])->getJson('/support/tickets?' . http_build_query([$field => $nasty]))->assertStatus(422);
            $this->getJson('/support/tickets?' . http_build_query([$field => [$nasty]]))->assertStatus(422);
        }
        self::assertSame(count($this->ids) + 2, SupportTicket::query()->count());
    }

    /** @return list<Route> */
    private function routes(): array
    {
        $found = [];
        foreach ($this->app['router']->getRoutes()->getRoutes() as $route) {
            if (str_starts_with((string) $route->getActionName(), 'Sla\\Laravel\\')) {
                $found[] = $route;
            }
        }

        return $found;
    }

    /**
     * Returns the requests of a route: one, or one a command.
     *
     * @return list<array{method: string, path: string, input: array<string, mixed>, command: ?string}>
     */
    private function calls(Route $route, int $ticket, string $user = 'root'): array
    {
        [$what, $parameters, $input] = self::ROUTES[$route->getName()] + [1 => [], 2 => []];
        $commands = $what === 'any command' ? CommandController::commands() : [match ($what) {
            'customer_message or reply' => $this->users[$user]->sla_role === 'customer' ? 'customer_message' : 'reply',
            'request_escalation', 'rate' => $what,
            default => null,
        }];
        $calls = [];
        $several = array_filter($parameters, 'is_array');
        foreach ($several === [] ? $commands : current($several) as $one) {
            $command = $several === [] ? $one : null;
            $of = ($several === [] ? [] : [key($several) => $one]) + $parameters + ['ticket' => $ticket, 'command' => $command];
            $value = static fn (array $found): string => (string) ($found[2] === '?' ? $of[$found[1]] ?? '' : $of[$found[1]]);
            $path = '/' . rtrim((string) preg_replace_callback('/\{(\w+)(\??)\}/', $value, $route->uri()), '/');
            if ($what === 'open' && $this->users[$user]->sla_role !== 'customer') {
                $input += ['customer' => 'kim'];
            }
            $calls[] = ['method' => $route->methods()[0], 'path' => $path, 'input' => $command === null ? $input : $this->input($command, $user), 'command' => $command];
        }

        return $calls;
    }

    /** @return array<string, mixed> everything that a command needs */
    private function input(string $command, string $user): array
    {
        return match ($command) {
            'assign' => ['agent' => $this->users[$user]->sla_role === 'agent' ? $user : 'bob'],
            'reply', 'customer_message' => ['channel' => 'email', 'message' => 'x'],
            'note', 'resolve' => ['message' => 'x'],
            'pause' => ['status' => 'on_hold', 'reason' => 'x'],
            'reopen', 'request_escalation' => ['channel' => 'email', 'reason' => 'x'],
            'unassign', 'void' => ['reason' => 'x'],
            'absorb' => ['ticket' => $this->duplicate, 'reason' => 'x'],
            'acknowledge_escalation', 'resolve_escalation' => ['number' => 1],
            'rate' => ['score' => 5],
            'change_package' => ['package' => 'professional', 'apply' => 'keep', 'reason' => 'x'],
            'adopt_revision' => ['policy_digest' => DB::table('sla_policy_revisions')->value('policy_digest'), 'apply' => 'keep', 'reason' => 'x'],
            'classify' => ['severity' => 'high', 'apply' => 'keep', 'reason' => 'x'],
            'resume', 'close', 'withdraw' => [],
        };
    }

    /**
     * Sends a request and takes back what it stored, so that each finds the same state.
     *
     * @param array{method: string, path: string, input: array<string, mixed>} $call
     */
    private function send(array $call, ?User $user = null, bool $isJson = true): TestResponse
    {
        $this->app->forgetScopedInstances();
        if ($user !== null) {
            $this->actingAs($user);
        }
        DB::beginTransaction();
        try {
            return $isJson ? $this->json($call['method'], $call['path'], $call['input']) : $this->call($call['method'], $call['path'], $call['input']);
        } finally {
            DB::rollBack();
        }
    }

    /** @param array{command: ?string} $call */
    private function expected(Route $route, array $call, string $status, string $user): int
    {
        $row = self::ROUTES[$route->getName()];
        [$role, , $teams] = self::USERS[$user];
        $ticket = isset($this->ids[$status]) ? SupportTicket::query()->find($this->ids[$status]) : null;
        $isOwn = $ticket !== null && ($role === 'customer' ? $ticket->customer === $user : $ticket->agent === $user || ($teams !== null && $ticket->team === $teams));
        if ($row[0] === 'public' || $row[0] === 'list') {
            return $row[3] ?? 200;
        }
        foreach ($call['command'] !== null ? [$call['command']] : (array) $row[0] as $action) {
            // Whoever opens a ticket opens it for themselves.
            if (!$this->table->permits($action, $role, $action === 'open' || $isOwn, $this->rules)) {
                return 403;
            }
        }
        if ($status === 'absent') {
            return 404;
        }
        $command = $call['command'];
        if ($command === null) {
            return $row[3] ?? 200;
        }

        return $this->table->accepts($command, $ticket->status) ? $this->accepted($command, $status) : 409;
    }

    /** The status of a command that is permitted and accepted in the ticket's status. */
    private function accepted(string $command, string $status): int
    {
        return match (true) {
            // There is one revision, and no severity.
            $command === 'adopt_revision' => 409,
            $command === 'classify' => 422,
            // The tickets without an escalation.
            in_array($command, ['acknowledge_escalation', 'resolve_escalation'], true) && $status !== 'open' => 422,
            // Nobody holds it, so there is nobody to take it from.
            $command === 'unassign' && in_array($status, ['new', 'elsewhere'], true) => 409,
            default => 200,
        };
    }

    /** Makes a ticket in each status; ana holds those that anyone holds, in the team billing. Another customer has the last ones. */
    private function openTickets(): void
    {
        $root = Actor::admin('root');
        $tickets = $this->tickets();
        foreach (['new', 'open', 'on_hold', 'resolved', 'closed'] as $status) {
            $id = $this->ids[$status] = (int) $this->opened('kim')->ticketId;
            if ($status !== 'new') {
                $tickets->assign($id, $root, 'ana', 'billing');
            }
            match ($status) {
                'open' => $this->app->make(\Sla\Laravel\Services\EscalationService::class)->request($id, $root, 'hurry'),
                'on_hold' => $tickets->pause($id, $root, \Sla\PauseStatus::OnHold, 'supplier'),
                'resolved', 'closed' => $tickets->resolve($id, $root, 'Solved.'),
                default => null,
            };
        }
        $tickets->close($this->ids['closed'], $root);
        $this->ids['elsewhere'] = (int) $this->opened('lee', 'enterprise')->ticketId;
        $this->duplicate = (int) $this->opened('lee', 'enterprise')->ticketId;
    }
}
