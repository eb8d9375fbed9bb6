<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Support\Facades\DB;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Policy\DraftForms;
use Sla\Laravel\Policy\DraftReview;
use Sla\Laravel\Policy\Forms\Form;
use Sla\Laravel\Policy\Forms\FormReader;
use Sla\Laravel\Policy\PolicyDraft;
use Sla\Laravel\Tests\TestCase;
use Sla\Policy;
use Sla\PolicyChange;

final class PolicyFormTest extends TestCase
{
    private const BASE = '/admin/sla/definitions';

    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
        $this->actingAs($this->user('root', 'admin'));
    }

    public function test_every_field_of_the_format_goes_through_the_forms_unchanged(): void
    {
        $before = (string) file_get_contents(dirname(__DIR__, 3) . '/examples/everything.json');
        $this->draftFrom(json_decode($before));
        $document = $this->app->make(DraftReview::class)->document();
        $changes = array_map(static fn (PolicyChange $one): string => $one->path, Policy::fromJson(json_encode($document))->changesSince(Policy::fromJson($before)));
        self::assertSame([], array_diff($changes, ['/id', '/version']));
        foreach (DraftForms::PARTS as $part) {
            $forms = $this->app->make(DraftForms::class);
            $entries = in_array($part, DraftForms::WITH_ENTRIES, true) ? array_map('strval', array_keys($forms->entries($part, $document))) : [null];
            foreach ($entries as $id) {
                $this->send($part, $id, $this->fieldsOf($part, $id))->assertStatus(303);
            }
        }
        $after = $this->app->make(DraftReview::class)->document();
        self::assertEquals($document, $after);
        self::assertSame(Policy::fromJson(json_encode($document))->digest(), Policy::fromJson(json_encode($after))->digest());
    }

    public function test_a_new_package_channel_and_calendar_by_forms_alone(): void
    {
        $channels = $this->fieldsOf('channels');
        $channels['4'] = ['id' => 'sms', 'name' => 'Text message'];
        $this->send('channels', null, $channels)->assertRedirect(self::BASE . '/channels');
        $this->send('calendars', 'late', ['time_zone' => 'Asia/Jakarta', 'weekly' => ['mon' => '08:00-12:00, 13:00-22:00', 'sun' => '10:00-12:00']])->assertStatus(303);
        $this->send('severities', null, "low\r\nhigh\r\n")->assertStatus(303);
        $this->send('packages', 'gold', [
            'name' => 'Gold', 'rank' => '4', 'channels' => ['sms', 'email'], 'calendar' => 'late',
            'targets' => [['key' => 'first_response', 'value' => ['within' => '10m']], ['key' => 'resolution', 'value' => ['business_days' => '1', 'by' => '12:00', 'calendar' => 'office']]],
            'variants' => [['when' => ['severity' => 'high'], 'targets' => [['key' => 'first_response', 'value' => ['within' => '5m', 'calendar' => 'around_the_clock']]]]],
        ])->assertStatus(303);
        $this->get(self::BASE)->assertSee('Gold')->assertDontSee('role="alert"', false);
        $this->post(self::BASE . '/revisions', ['reason' => 'a new offer'])->assertStatus(303);
        $this->actingAs($this->user('max', 'customer', 'gold'))->postJson('/api/sla/tickets', ['subject' => 'x', 'message' => 'x', 'channel' => 'sms', 'severity' => 'high'])->assertStatus(201);
        self::assertSame('02:05', SupportTicket::query()->sole()->first_response_due_at->format('H:i'));
    }

    public function test_every_problem_stands_at_its_field(): void
    {
        $this->send('calendars', 'office', [
            'time_zone' => 'Asia/Atlantis', 'weekly' => ['mon' => '9-5'],
            'holidays' => [['dates' => '2026-13-01', 'name' => 'None'], ['dates' => '2026-12-24 .. 2026-12-26', 'name' => '']],
        ])->assertStatus(303);
        $page = $this->get(self::BASE . '/calendars?id=office')->assertOk();
        foreach (['f-time-zone' => 'Asia/Atlantis', 'f-weekly-mon' => '9-5', 'f-holidays-0-dates' => '2026-13-01', 'f-holidays-1-name' => 'the field is missing'] as $id => $text) {
            $page->assertSee("href=\"#{$id}\"", false);
            self::assertSame(1, preg_match("~<span class=\"said\" id=\"{$id}-said\"><span class=\"fault\">[^<]*" . preg_quote($text, '~') . '~', $page->getContent()), $id);
            self::assertSame(1, preg_match("~<input id=\"{$id}\"[^>]*aria-describedby=\"[^\"]*{$id}-said\"\\s+aria-invalid=\"true\"~", $page->getContent()), $id);
        }
        $this->send('steps', 'resolution', [['id' => 'warning', 'action' => 'warn', 'at' => 'soon', 'level' => 'x'], ['id' => '', 'action' => '', 'notify' => '']])->assertStatus(303);
        $this->get(self::BASE . '/steps?id=resolution')->assertSee('href="#f-0-at"', false)->assertSee('value="soon"', false)->assertSee('value="x"', false)->assertDontSee('f-1-id', false);
        $this->get(self::BASE)->assertSee('calendars?id=office')->assertSee('steps?id=resolution')->assertSee('cannot be published')->assertDontSee('name="reason"', false);
    }

    public function test_warnings_stand_beside_fields(): void
    {
        $this->send('steps', 'resolution', [['id' => 'late', 'action' => 'warn', 'after' => '1h']])->assertStatus(303);
        $this->get(self::BASE . '/steps?id=resolution')->assertSee('fault warn', false);
        $this->get(self::BASE)->assertSee('probably not meant')->assertSee('name="reason"', false);
    }

    public function test_rows_are_added_moved_and_removed_without_script(): void
    {
        $before = DB::table('sla_settings')->whereIn('key', PolicyDraft::SETTINGS)->get()->all();
        $rows = [['id' => 'a', 'status' => 'pending', 'after' => '8h', 'action' => 'remind'], ['id' => 'b', 'status' => 'pending', 'after' => '16h', 'action' => 'resolve']];
        $page = $this->send('inactivity', null, $rows, 'add ')->assertOk()->assertSee('name="f[2][id]" value=""', false);
        self::assertSame(1, preg_match('~id="f-2-id"[^>]* autofocus~', $page->getContent()));
        $this->send('inactivity', null, $rows, 'remove /0')->assertOk()->assertSee('name="f[0][id]" value="b"', false)->assertDontSee('f[1][id]', false);
        $this->send('inactivity', null, $rows, 'raise /1')->assertOk()->assertSeeInOrder(['name="f[0][id]" value="b"', 'name="f[1][id]" value="a"'], false);
        foreach (['remove /9', 'remove /x/y', 'add /0/notify', 'nonsense', 'raise '] as $do) {
            $this->send('inactivity', null, $rows, $do)->assertOk()->assertSee('name="f[1][id]" value="b"', false);
        }
        self::assertEquals($before, DB::table('sla_settings')->whereIn('key', PolicyDraft::SETTINGS)->get()->all(), 'nothing is stored');
        $this->send('inactivity', null, [...$rows, ['id' => '', 'status' => '', 'after' => ' ', 'action' => '']])->assertStatus(303);
        self::assertSame(2, count(json_decode(DB::table('sla_settings')->where('key', 'inactivity')->value('document'))), 'a blank row is none');
        $this->send('inactivity', null, [])->assertStatus(303);
        self::assertFalse(DB::table('sla_settings')->where('key', 'inactivity')->exists());
    }

    public function test_what_cannot_be_stored_is_said_at_its_field(): void
    {
        $this->send('channels', null, [['id' => 'email', 'name' => 'Email'], ['id' => 'email', 'name' => 'Twice'], ['id' => '', 'name' => 'Nameless']])
            ->assertStatus(422)->assertSee('This id is there twice.')->assertSee('This is required.')->assertSee('value="Nameless"', false);
        $this->send('packages', 'gold', ['name' => '', 'rank' => 'high'])->assertStatus(422)->assertSee('Write a whole number')->assertSee('value="high"', false);
        $this->send('packages', str_repeat('x', 129), ['name' => 'Long', 'rank' => '1'])->assertStatus(422);
        self::assertSame(['chat', 'email', 'phone', 'whatsapp'], DB::table('support_channels')->orderBy('key')->pluck('key')->all());
        $this->post(self::BASE . '/roles', ['f' => ['self_assign' => "\xff"], '_end' => '1', '_seen' => ''])->assertSessionHasErrors('f');
        $this->from(self::BASE)->post(self::BASE . '/roles', ['f' => ['self_assign' => '1'], '_seen' => ''])->assertRedirect(self::BASE)->assertSessionHasErrors('f');
    }

    public function test_what_another_admin_saved_meanwhile_is_not_lost(): void
    {
        $page = $this->get(self::BASE . '/categories')->getContent();
        preg_match('~name="_seen" value="([^"]*)"~', $page, $seen);
        $this->send('categories', null, 'billing')->assertStatus(303);
        $form = ['f' => 'delivery', '_end' => '1', '_do' => 'save'];
        $page = $this->post(self::BASE . '/categories', $form + ['_seen' => $seen[1]])->assertStatus(409)->assertSee('delivery')->assertSee('meanwhile')->getContent();
        self::assertSame('["billing"]', DB::table('sla_settings')->where('key', 'categories')->value('document'));
        preg_match('~name="_seen" value="([^"]*)"~', $page, $seen);
        $this->post(self::BASE . '/categories', $form + ['_seen' => $seen[1]])->assertStatus(303);
        self::assertSame('["delivery"]', DB::table('sla_settings')->where('key', 'categories')->value('document'));
    }

    public function test_entries_are_removed(): void
    {
        $this->send('calendars', 'spare', ['time_zone' => 'Asia/Jakarta', 'always_open' => '1'])->assertStatus(303);
        $this->send('calendars', 'spare', [], 'delete')->assertRedirect(self::BASE);
        $this->send('packages', 'starter', [], 'delete')->assertRedirect(self::BASE);
        $this->get(self::BASE)->assertDontSee('spare')->assertDontSee('?id=starter');
    }

    public function test_ids_that_people_choose_are_text(): void
    {
        $nasty = '"><script>alert(1)</script>/..&#[x]';
        $this->send('calendars', $nasty, ['time_zone' => 'Asia/Jakarta', 'always_open' => '1'])->assertStatus(303);
        foreach ([self::BASE, self::BASE . '/calendars?' . http_build_query(['id' => $nasty]), self::BASE . '/packages?id=starter'] as $path) {
            $this->get($path)->assertOk()->assertDontSee('<script>alert', false);
        }
        self::assertTrue(isset($this->app->make(DraftReview::class)->document()->calendars->{$nasty}));
    }

    public function test_only_admins(): void
    {
        foreach ([$this->user('ana', 'agent'), $this->user('kim', 'customer', 'starter')] as $user) {
            foreach (DraftForms::PARTS as $part) {
                $this->actingAs($user)->get(self::BASE . "/{$part}?id=office")->assertStatus(403);
                $this->postJson(self::BASE . "/{$part}", ['id' => 'office', 'f' => [], '_end' => '1'])->assertStatus(403);
            }
        }
        $this->get(self::BASE . '/secrets')->assertStatus(404);
    }

    public function test_every_part_has_words_in_both_languages(): void
    {
        $keys = static function (array $texts) use (&$keys): array {
            $found = [];
            foreach ($texts as $key => $text) {
                $found[$key] = is_array($text) ? $keys($text) : null;
            }

            return $found;
        };
        [$english, $indonesian] = array_map(static fn (string $one): array => require dirname(__DIR__, 2) . "/lang/{$one}/policy.php", ['en', 'id']);
        self::assertSame($keys($english), $keys($indonesian));
        foreach (DraftForms::PARTS as $part) {
            $id = in_array($part, DraftForms::WITH_ENTRIES, true) ? ['calendars' => 'office', 'packages' => 'starter', 'steps' => 'resolution'][$part] : null;
            $page = $this->get(self::BASE . "/{$part}" . ($id === null ? '' : "?id={$id}"))->assertOk();
            self::assertStringNotContainsString('sla::policy', $page->getContent(), $part);
        }
        $this->app->setLocale('id');
        $this->get(self::BASE . '/calendars?id=office')->assertSee('Hari libur');
    }

    private function send(string $part, ?string $id, mixed $fields, string $do = 'save'): \Illuminate\Testing\TestResponse
    {
        $document = $this->app->make(DraftReview::class)->document();
        $value = $this->app->make(DraftForms::class)->value($part, $id, $document);

        return $this->post(self::BASE . "/{$part}", ['f' => $fields, '_do' => $do, '_end' => '1', '_seen' => hash('sha256', json_encode($value))] + ($id === null ? [] : ['id' => $id]));
    }

    /** Returns what a browser sends of the form as it is shown. */
    private function fieldsOf(string $part, ?string $id = null): mixed
    {
        $page = $this->get(self::BASE . "/{$part}" . ($id === null ? '' : '?' . http_build_query(['id' => $id])))->assertOk()->getContent();
        $dom = new \DOMDocument();
        @$dom->loadHTML('<?xml encoding="utf-8"?>' . $page);
        $pairs = [];
        foreach ((new \DOMXPath($dom))->query('//main//form//*[self::input or self::select or self::textarea][@name]') as $one) {
            $name = $one->getAttribute('name');
            if ($one->nodeName === 'select') {
                $chosen = (new \DOMXPath($dom))->query('.//option[@selected]', $one)->item(0);
                $pairs[] = [$name, $chosen === null ? '' : $chosen->getAttribute('value')];
            } elseif ($one->nodeName === 'textarea') {
                $pairs[] = [$name, $one->textContent];
            } elseif ($one->getAttribute('type') !== 'checkbox' || $one->hasAttribute('checked')) {
                $pairs[] = [$name, $one->getAttribute('value')];
            }
        }
        parse_str(implode('&', array_map(static fn (array $pair): string => urlencode($pair[0]) . '=' . urlencode($pair[1]), $pairs)), $sent);

        return $sent['f'] ?? [];
    }

    private function draftFrom(\stdClass $policy): void
    {
        $draft = $this->app->make(PolicyDraft::class);
        $document = $this->app->make(DraftReview::class)->document();
        $forms = $this->app->make(DraftForms::class);
        foreach (DB::table('sla_definitions')->pluck('package') as $package) {
            $draft->removePackage($package);
        }
        foreach (DraftForms::PARTS as $part) {
            if ($part === 'packages') {
                foreach ($policy->packages as $package) {
                    $forms->write('packages', $package->id, $package, $document, 'root');
                }
            } elseif ($part === 'channels') {
                $forms->write('channels', null, $policy->channels, $document, 'root');
            } else {
                $draft->setting($part, $policy->{$part}, 'root');
            }
        }
    }
}
