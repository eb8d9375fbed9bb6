<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Browser;

use Illuminate\Routing\Route;
use Illuminate\Support\Carbon;
use Illuminate\Support\Facades\DB;
use Sla\Actor;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Policy\DraftForms;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Services\NewTicket;
use Sla\Laravel\Tests\TestCase;
use Sla\Time;

/** Pages in Chromium, on the desk to try at a fixed time: what people see there, and do by keyboard. */
final class BrowserTest extends TestCase
{
    /** A Wednesday. */
    private const NOW = '2026-11-25 15:00';
    private const TICKETS = 40;
    /** What is on these pages, beside what is checked on every page. */
    private const SEEN = [
        'kim' => ['/support/tickets' => 'Nothing works', '/support/tickets/{ticket}' => 'We are looking into it.', '/support/tickets/new' => 'Live chat'],
        'ana' => ['/agent/dashboard' => 'Nothing works', '/agent/tickets/assigned' => 'Nothing works', '/support/tickets/{ticket}' => 'Request an escalation', '/support/tickets/{ticket}/audit' => 'Chain verified'],
        'root' => ['/support/tickets' => 'Nothing works', '/sla-dashboard/escalations' => 'Acknowledge', '/admin/sla/definitions' => 'Professional', '/admin/sla/definitions/preview' => 'Open tickets'],
        // Those who have nothing yet.
        'nia' => ['/support/tickets' => 'There is nothing here yet.'],
        'otto' => ['/agent/dashboard' => 'You have no open ticket.', '/agent/tickets/assigned' => 'There is nothing here yet.'],
    ];
    /** What the forms of parts with entries show. */
    private const ENTRIES = ['calendars' => '?id=office', 'packages' => '?id=starter', 'steps' => '?id=first_response'];
    private const VIEWS = ['light' => ['light', 1280], 'dark' => ['dark', 1280], 'phone' => ['light', 390], 'dark-phone' => ['dark', 390]];

    private static ?string $desk = null;

    private static ?Chromium $browser = null;

    /** @var resource */
    private mixed $server;

    private string $folder;

    private string $address;

    /** The ticket of kim that ana holds. */
    private int $ticket;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/sla-browser-' . bin2hex(random_bytes(6));
        mkdir("{$this->folder}/sessions", 0777, true);
        $file = "{$this->folder}/database.sqlite";
        self::$desk === null ? touch($file) : copy(self::$desk, $file);
        putenv("DB_DATABASE={$file}");
        $_ENV['DB_DATABASE'] = $_SERVER['DB_DATABASE'] = $file;
        $isNew = self::$desk === null;
        $isNew ? parent::setUp() : \Illuminate\Foundation\Testing\TestCase::setUp();
        $this->clockAt(self::NOW);
        if ($isNew) {
            $this->furnish();
            self::$desk = sys_get_temp_dir() . '/sla-browser-' . bin2hex(random_bytes(6)) . '.sqlite';
            copy($file, self::$desk);
        }
        $this->ticket = (int) SupportTicket::query()->where('subject', 'like', 'Nothing works%')->value('id');
        $this->serve();
        self::$browser ??= new Chromium(sys_get_temp_dir() . '/sla-chromium-' . bin2hex(random_bytes(6)));
    }

    protected function tearDown(): void
    {
        // The server's workers are its children, in a process group of their own.
        posix_kill(-proc_get_status($this->server)['pid'], SIGTERM);
        proc_close($this->server);
        putenv('DB_DATABASE');
        unset($_ENV['DB_DATABASE'], $_SERVER['DB_DATABASE']);
        parent::tearDown();
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    public static function tearDownAfterClass(): void
    {
        self::$browser?->stop();
        self::$browser = null;
        if (self::$desk !== null) {
            unlink(self::$desk);
            self::$desk = null;
        }
    }

    public function test_every_page_as_every_role_in_every_look(): void
    {
        $check = (string) file_get_contents(__DIR__ . '/page.js');
        $loaded = 0;
        $complaints = [];
        foreach (['kim', 'ana', 'root', 'nia', 'otto'] as $user) {
            $tab = $this->signedIn($user);
            $expected = self::SEEN[$user];
            foreach ($this->pagesOf($user) as $path => $uri) {
                $tab->as('light', 1280)->open("http://{$this->address}{$path}");
                $loaded++;
                self::assertStringContainsString("default-src 'none'", $tab->headers()['content-security-policy'] ?? '', $path);
                self::assertStringNotContainsString('unsafe', $tab->headers()['content-security-policy'], $path);
                $text = (string) $tab->evaluate('document.body.innerText');
                if (isset($expected[$uri])) {
                    self::assertStringContainsString($expected[$uri], $text, "{$user} at {$path}");
                    unset($expected[$uri]);
                }
                self::assertStringNotContainsString('sla::', $text, "{$user} at {$path}: a text that no language has");
                // The script has put every instant into the zone of the viewer.
                self::assertSame(0, $tab->evaluate("document.querySelectorAll('time:not([title])').length"), "{$user} at {$path}");
                foreach (self::VIEWS as $view => [$scheme, $width]) {
                    $tab->as($scheme, $width);
                    foreach ($tab->evaluate($check) as $complaint) {
                        $complaints["{$path}: {$complaint}"] = "{$user} at {$path}, {$view}: {$complaint}";
                    }
                    $this->keep("{$user}-" . trim(preg_replace('/\W+/', '-', $path), '-') . "-{$view}", $tab);
                }
                if (isset(self::SEEN[$user][$uri])) {
                    array_push($complaints, ...$this->unreached($tab->as('light', 1280), "{$user} at {$path}"));
                }
            }
            self::assertSame([], $expected, "pages that {$user} has not seen");
            self::assertSame([], $tab->faults(), $user);
            foreach ($tab->requests() as $address) {
                self::assertTrue(str_starts_with($address, "http://{$this->address}/") || str_starts_with($address, 'data:') || $address === 'about:blank', "{$user}: {$address}");
            }
            $tab->close();
        }
        self::assertSame([], array_values($complaints));
        self::assertGreaterThan(20, $loaded);
    }

    public function test_the_dashboard_refreshes_itself(): void
    {
        $tab = $this->signedIn('root')->as('light', 1280)->open("http://{$this->address}/sla-dashboard");
        $shown = "Number([...document.querySelectorAll('.numbers div')].find((one) => one.querySelector('dt').textContent === 'New').querySelector('dd').textContent)";
        $before = $tab->evaluate($shown);
        self::assertGreaterThan(0, $before);
        self::assertTrue($tab->waitFor("document.querySelector('[data-live]').dataset.state === 'live'"));
        $this->opened('lee', 'professional');
        self::assertTrue($tab->waitFor("{$shown} === " . ($before + 1)), 'the number has changed');
        self::assertTrue($tab->waitFor("document.body.innerText.includes('Nothing works')"));
        self::assertSame(0, $tab->evaluate("document.querySelectorAll('time:not([title])').length"));
        // Where nothing changes, nothing is sent.
        self::assertTrue($tab->waitFor("performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/live')).some((one) => one.responseStatus === 304)"));
        self::assertSame([], $tab->faults());
        $tab->close();
    }

    public function test_what_people_do_by_keyboard_alone(): void
    {
        $kim = $this->signedIn('kim')->as('light', 1280)->open("http://{$this->address}/support/tickets");
        // The first stop skips the navigation.
        $kim->press('Tab');
        self::assertTrue($kim->evaluate("document.activeElement.matches('.skip')"));
        $kim->press('Enter');
        self::assertSame('#content', $kim->evaluate('location.hash'));
        self::assertTrue($kim->tabTo('a[href$="/support/tickets/new"]'));
        $kim->press('Enter');
        $kim->loaded();
        $this->fill($kim, ['[name=subject]' => 'By keyboard', '[name=message]' => 'No mouse here.']);
        $this->sendBy($kim, 'form[action$="/support/tickets"] button');
        $id = (int) SupportTicket::query()->max('id');
        self::assertSame(['By keyboard', 'email'], [SupportTicket::query()->find($id)->subject, SupportTicket::query()->find($id)->channel]);
        self::assertSame("/support/tickets/{$id}", $kim->evaluate('location.pathname'));
        // A list is chosen from by the arrows.
        self::assertTrue($kim->tabTo('form[action$="/response"] [name=channel]'));
        $kim->press('ArrowDown');
        $this->fill($kim, ['form[action$="/response"] [name=message]' => 'Hello?']);
        $this->sendBy($kim, 'form[action$="/response"] button');
        self::assertSame(['Hello?', 'chat'], array_values((array) DB::table('support_responses')->where('ticket_id', $id)->orderByDesc('id')->first(['body', 'channel'])));
        $this->fill($kim, ['form[action$="/escalation"] [name=reason]' => 'We lose money.']);
        $this->sendBy($kim, 'form[action$="/escalation"] button');
        self::assertSame(1, DB::table('support_escalations')->where('ticket_id', $id)->count());

        $ana = $this->signedIn('ana')->as('light', 1280)->open("http://{$this->address}/support/tickets/{$this->ticket}");
        $this->fill($ana, ['form[action$="/note"] [name=message]' => 'A note.']);
        $this->sendBy($ana, 'form[action$="/note"] button');
        $this->fill($ana, ['form[action$="/pause"] [name=reason]' => 'a question']);
        $this->sendBy($ana, 'form[action$="/pause"] button');
        self::assertSame('pending', SupportTicket::query()->find($this->ticket)->status);
        $this->sendBy($ana, 'form[action$="/resume"] button');
        $this->fill($ana, ['form[action$="/resolve"] [name=message]' => 'Solved.']);
        $this->sendBy($ana, 'form[action$="/resolve"] button');
        self::assertSame('resolved', SupportTicket::query()->find($this->ticket)->status);

        $root = $this->signedIn('root')->as('light', 1280)->open("http://{$this->address}/sla-dashboard/escalations");
        $open = DB::table('support_escalations')->where('status', 'open')->count();
        $this->sendBy($root, 'form[action*="/acknowledge_escalation"] button');
        self::assertSame($open - 1, DB::table('support_escalations')->where('status', 'open')->count());
        foreach ([$kim, $ana, $root] as $tab) {
            self::assertSame([], $tab->faults());
            $tab->close();
        }
    }

    public function test_the_policy_is_edited_by_keyboard_alone(): void
    {
        $root = $this->signedIn('root')->as('light', 1280)->open("http://{$this->address}/admin/sla/definitions/inactivity");
        // A row more: the cursor stands in it, and nothing is stored.
        $this->sendBy($root, 'button[value^="add"]');
        // The browser moves the focus a moment after the page is loaded.
        self::assertTrue($root->waitFor("document.activeElement.id === 'f-0-id'"));
        self::assertFalse(DB::table('sla_settings')->where('key', 'inactivity')->exists());
        $root->type('nudge');
        self::assertTrue($root->tabTo('#f-0-status'));
        $root->press('ArrowDown');
        $this->fill($root, ['#f-0-after' => 'soon']);
        self::assertTrue($root->tabTo('#f-0-action'));
        $root->press('ArrowDown');
        self::assertTrue($root->tabTo('#f-0-reason'));
        // Enter in a field saves, and does not press the button of a row.
        $root->press('Enter');
        $root->loaded();
        self::assertSame([['id' => 'nudge', 'status' => 'pending', 'after' => 'soon', 'action' => 'remind']], json_decode((string) DB::table('sla_settings')->where('key', 'inactivity')->value('document'), true));
        // The summary of what is wrong leads to the field.
        self::assertTrue($root->tabTo('.notice a[href="#f-0-after"]'));
        $root->press('Enter');
        self::assertSame('f-0-after', $root->evaluate("document.querySelector(':target').id"));
        self::assertSame('true', $root->evaluate("document.querySelector('#f-0-after').getAttribute('aria-invalid')"));
        $this->sendBy($root, 'button[value="remove /0"]');
        self::assertTrue($root->waitFor("document.activeElement.matches('button[value^=add]')"));
        $this->sendBy($root, '.buttons button[value=save]');
        self::assertFalse(DB::table('sla_settings')->where('key', 'inactivity')->exists());
        self::assertSame([], $root->faults());
        $root->close();
    }

    /** `make screenshot` keeps it in docs/images. */
    public function test_a_picture_of_the_dashboard(): void
    {
        // Long words are for the other tests.
        DB::table('support_tickets')->where('id', $this->ticket)->update(['subject' => 'Messages are not delivered']);
        DB::table('support_escalations')->where('ticket_id', $this->ticket)->where('trigger', 'request')->update(['reason' => 'We lose money.']);
        $tab = $this->signedIn('root')->as('light', 1180, 860)->open("http://{$this->address}/sla-dashboard");
        $picture = Picture::small($tab->screenshot(false));
        $tab->close();
        self::assertSame([1180, 860, IMAGETYPE_PNG], array_slice((array) getimagesizefromstring($picture), 0, 3));
        self::assertGreaterThan(10_000, strlen($picture));
        self::assertLessThan(150_000, strlen($picture));
        $file = getenv('SLA_PICTURE');
        if (is_string($file) && $file !== '') {
            file_put_contents($file, $picture);
        }
    }

    /** Every stop of the Tab key shows where it is, and every field, button and link is one. */
    private function unreached(Tab $tab, string $place): array
    {
        $tab->evaluate('(() => { document.activeElement?.blur(); document.querySelectorAll("[data-stop]").forEach((one) => delete one.dataset.stop); })()');
        $stops = "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter((one) => !one.disabled && one.checkVisibility())";
        $complaints = [];
        $count = (int) $tab->evaluate("{$stops}.length");
        for ($pressed = 0; $pressed < $count + 30; $pressed++) {
            $tab->press('Tab');
            $hidden = $tab->evaluate('(() => { const one = document.activeElement; one.dataset.stop = "1"; const style = getComputedStyle(one); return one === document.body || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) ? null : one.outerHTML.slice(0, 120); })()');
            if ($hidden !== null) {
                $complaints[] = "{$place}: the focus does not show on {$hidden}";
            }
        }
        foreach ($tab->evaluate("{$stops}.filter((one) => one.dataset.stop !== '1' && !(one.type === 'radio' && !one.checked)).map((one) => one.outerHTML.slice(0, 120))") as $missed) {
            $complaints[] = "{$place}: the Tab key does not come to {$missed}";
        }

        return array_values(array_unique($complaints));
    }

    /** @param array<string, string> $fields texts by selector, in the order of the page */
    private function fill(Tab $tab, array $fields): void
    {
        foreach ($fields as $selector => $text) {
            self::assertTrue($tab->tabTo($selector), $selector);
            $tab->type($text);
        }
    }

    private function sendBy(Tab $tab, string $button): void
    {
        self::assertTrue($tab->tabTo($button), $button);
        $tab->press('Enter');
        $tab->loaded();
        self::assertSame(0, $tab->evaluate("document.querySelectorAll('.notice').length"), (string) $tab->evaluate("document.querySelector('.notice')?.textContent"));
    }

    private function signedIn(string $user): Tab
    {
        return self::$browser->tab()->open("http://{$this->address}/sign-in/{$user}");
    }

    /**
     * Returns the pages that a user may see.
     *
     * @return array<string, string> uris by path
     */
    private function pagesOf(string $user): array
    {
        $pages = [];
        $this->actingAs($this->app['auth']->getProvider()->retrieveById($user));
        foreach ($this->app['router']->getRoutes()->getRoutes() as $route) {
            if ($route->methods()[0] !== 'GET' || !str_starts_with((string) $route->getActionName(), 'Sla\\Laravel\\') || !in_array('web', $route->gatherMiddleware(), true)) {
                continue;
            }
            foreach ($this->paths($route) as $path) {
                $this->app->forgetScopedInstances();
                $answer = $this->get($path);
                // Some answer with a part of a page, or a file.
                if ($answer->status() === 200 && str_contains((string) $answer->getContent(), '<html')) {
                    $pages[$path] = '/' . $route->uri();
                }
            }
        }

        return $pages;
    }

    /** @return list<string> */
    private function paths(Route $route): array
    {
        if ($route->getName() === 'sla.definitions.part') {
            return array_map(static fn (string $part): string => "/admin/sla/definitions/{$part}" . (self::ENTRIES[$part] ?? ''), DraftForms::PARTS);
        }

        if (str_contains($route->uri(), '{unit?}')) {
            return array_map(static fn (string $unit): string => '/' . str_replace('{unit?}/{period?}', $unit, $route->uri()), ['day', 'week', 'month', 'year']);
        }

        return ['/' . preg_replace_callback('/\{(\w+)\??\}/', fn (array $found): string => match ($found[1]) {
            'ticket' => (string) $this->ticket,
            // The one that `furnish` starts.
            'adoption' => '1',
            default => self::fail("a test of pages does not know {$found[0]} of {$route->uri()}"),
        }, $route->uri())];
    }

    /** Writes a picture where SLA_SCREENSHOTS names a folder, for people to look at. */
    private function keep(string $name, Tab $tab): void
    {
        $folder = getenv('SLA_SCREENSHOTS');
        if (is_string($folder) && $folder !== '') {
            file_put_contents("{$folder}/{$name}.png", $tab->screenshot());
        }
    }

    private function furnish(): void
    {
        config(['sla.notifications.channels' => 'database']);
        $this->artisan('testhost:desk', ['--tickets' => self::TICKETS])->assertExitCode(0);
        $this->clockAt('2026-11-25 09:30');
        $this->user('nia', 'customer', 'professional');
        $this->user('otto', 'agent');
        $tickets = $this->tickets();
        $long = 'Nothing works since this morning: ' . str_repeat('NobodyEverBreaksThisWord', 8);
        $id = (int) $tickets->open(new NewTicket($long, "Please help.\n\n" . str_repeat('https://example.test/a/long/address/', 6), 'email'), Actor::customer('kim'))->ticketId;
        $tickets->assign($id, Actor::admin('root'), 'ana');
        $this->clockAt('2026-11-25 14:50');
        $this->monitor()->run();
        $tickets->reply($id, Actor::agent('ana'), 'email', 'We are looking into it.');
        $tickets->note($id, Actor::agent('ana'), 'Seen before.');
        $this->app->make(EscalationService::class)->request($id, Actor::customer('kim'), 'We lose money: ' . str_repeat('WithoutASpace', 12), 'email');
        $this->clockAt(self::NOW);
        $this->monitor()->run();
        $this->actingAs($this->user('root', 'admin'))->postJson('/api/sla/policy/adoptions', ['apply' => 'keep', 'reason' => 'the same for all'])->assertStatus(201);
    }

    private function serve(): void
    {
        $this->address = '127.0.0.1:' . self::freePort();
        $clock = Time::toUs(Carbon::now()) . ',' . (int) (microtime(true) * 1_000_000);
        $environment = [
            'SESSION_DRIVER' => 'file', 'SESSION_FILES' => "{$this->folder}/sessions", 'TESTHOST_SIGN_IN' => '1', 'TESTHOST_CLOCK' => $clock, 'SLA_DASHBOARD_REFRESH' => '1000',
            'APP_URL' => "http://{$this->address}", 'PHP_CLI_SERVER_WORKERS' => '2', 'DB_CONNECTION' => 'sqlite',
        ] + getenv();
        $public = dirname(__DIR__, 2) . '/testhost/public';
        $server = proc_open(
            ['setsid', PHP_BINARY, '-d', 'ffi.enable=1', '-S', $this->address, '-t', $public, "{$public}/index.php"],
            [1 => ['file', "{$this->folder}/out-server", 'w'], 2 => ['redirect', 1]],
            $pipes,
            null,
            $environment,
        );
        self::assertIsResource($server);
        $this->server = $server;
        for ($wait = 0; $wait < 500 && ($probe = @fsockopen('127.0.0.1', (int) explode(':', $this->address)[1])) === false; $wait++) {
            usleep(20_000);
        }
    }

    private static function freePort(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $name = (string) stream_socket_get_name($socket, false);
        fclose($socket);

        return (int) substr($name, (int) strrpos($name, ':') + 1);
    }
}
