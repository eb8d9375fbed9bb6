<?php

declare(strict_types=1);

namespace Database\Seeders;

use Illuminate\Database\Seeder;
use Sla\Actor;
use Sla\Laravel\Policy\PolicyDraft;
use Sla\Laravel\Policy\PolicyPublisher;
use Sla\Laravel\Policy\PolicyRepository;
use Sla\Laravel\Support\Settings;

/**
 * Drafts three packages with their channels, calendars and steps, and publishes them as the first revision.
 *
 * What the draft has already stays as it is, and nothing is published where a revision is.
 */
class SlaDefinitionSeeder extends Seeder
{
    /**
     * Public holidays of Indonesia.
     *
     * The days of the joint decrees of three ministers (SKB 3 Menteri), without the days of joint leave; that of
     * 2026 has the numbers 1497, 2 and 5 of 2025. Each date was compared with the Python package `holidays` 0.109, country ID,
     * category public, which names its sources:
     * https://www.detik.com/hikmah/khazanah/d-8346579/libur-nasional-dan-cuti-bersama-2026-cek-jadwalnya-di-sini and
     * https://setneg.go.id/baca/index/inilah_skb_3_menteri_libur_nasional_dan_cuti_bersama_2027. Idulfitri and Iduladha of
     * 2027 are estimates there: correct them if they are proclaimed for other days.
     */
    public const HOLIDAYS = [
        '2026-01-01' => 'Tahun Baru Masehi',
        '2026-01-16' => 'Isra Mikraj',
        '2026-02-17' => 'Tahun Baru Imlek',
        '2026-03-19' => 'Hari Suci Nyepi',
        '2026-03-21' => 'Idulfitri',
        '2026-03-22' => 'Idulfitri, hari kedua',
        '2026-04-03' => 'Wafat Yesus Kristus',
        '2026-04-05' => 'Kebangkitan Yesus Kristus',
        '2026-05-01' => 'Hari Buruh Internasional',
        '2026-05-14' => 'Kenaikan Yesus Kristus',
        '2026-05-27' => 'Iduladha',
        '2026-05-31' => 'Hari Raya Waisak',
        '2026-06-01' => 'Hari Lahir Pancasila',
        '2026-06-16' => 'Tahun Baru Islam',
        '2026-08-17' => 'Proklamasi Kemerdekaan',
        '2026-08-25' => 'Maulid Nabi Muhammad',
        '2026-12-25' => 'Kelahiran Yesus Kristus',
        '2027-01-01' => 'Tahun Baru Masehi',
        '2027-01-05' => 'Isra Mikraj',
        '2027-02-06' => 'Tahun Baru Imlek',
        '2027-03-08' => 'Hari Suci Nyepi',
        '2027-03-10' => 'Idulfitri (perkiraan)',
        '2027-03-11' => 'Idulfitri, hari kedua (perkiraan)',
        '2027-03-26' => 'Wafat Yesus Kristus',
        '2027-03-28' => 'Kebangkitan Yesus Kristus',
        '2027-05-01' => 'Hari Buruh Internasional',
        '2027-05-06' => 'Kenaikan Yesus Kristus',
        '2027-05-17' => 'Iduladha (perkiraan)',
        '2027-05-20' => 'Hari Raya Waisak',
        '2027-06-01' => 'Hari Lahir Pancasila',
        '2027-06-06' => 'Tahun Baru Islam',
        '2027-08-15' => 'Maulid Nabi Muhammad',
        '2027-08-17' => 'Proklamasi Kemerdekaan',
        '2027-12-25' => 'Kelahiran Yesus Kristus',
        '2027-12-26' => 'Isra Mikraj',
    ];

    public function run(PolicyDraft $draft, PolicyPublisher $publisher, PolicyRepository $revisions, Settings $settings): void
    {
        $position = 0;
        foreach (['email' => 'Email', 'chat' => 'Live chat', 'phone' => 'Phone', 'whatsapp' => 'WhatsApp'] as $id => $name) {
            $draft->channel($id, $name, ++$position, isKept: true);
        }
        $draft->package('starter', [
            'name' => 'Starter', 'rank' => 1, 'calendar' => 'office', 'priority' => 'normal',
            'channels' => ['email', 'chat'], 'first_response' => '4h', 'resolution' => '24h',
        ], isKept: true);
        $draft->package('professional', [
            'name' => 'Professional', 'rank' => 2, 'calendar' => 'office', 'priority' => 'high',
            'channels' => ['email', 'chat', 'phone'], 'first_response' => '2h', 'resolution' => '12h',
        ], isKept: true);
        $draft->package('enterprise', [
            'name' => 'Enterprise', 'rank' => 3, 'calendar' => 'around_the_clock', 'priority' => 'urgent',
            'channels' => ['email', 'chat', 'phone', 'whatsapp'], 'first_response' => '1h', 'resolution' => '8h',
        ], isKept: true);
        $draft->setting('calendars', $this->calendars($settings->timeZone()), 'seeder', isKept: true);
        $draft->setting('steps', [
            'first_response' => $this->steps($settings->warningShare(), '2h'),
            'resolution' => $this->steps($settings->warningShare(), '4h'),
        ], 'seeder', isKept: true);
        $draft->setting('roles', ['self_assign' => true, 'agents_act_on' => 'team'], 'seeder', isKept: true);
        $draft->setting('objectives', [
            'critical_level' => 2,
            'monitor_lag' => '5m',
            'burn' => array_map(static fn (string $timer): array => [
                'timer' => $timer, 'objective' => '90%', 'long_window' => '24h', 'short_window' => '1h', 'threshold' => '200%', 'min_decided' => 20,
            ], ['first_response', 'resolution']),
            'score_weights' => ['first_response' => 3, 'resolution' => 3, 'csat' => 2],
        ], 'seeder', isKept: true);
        if ($revisions->isEmpty()) {
            $publisher->publish(Actor::admin('seeder'), 'the first revision, made by SlaDefinitionSeeder');
        }
    }

    /** @return array<string, mixed> */
    private function calendars(string $timeZone): array
    {
        $holidays = [];
        foreach (self::HOLIDAYS as $date => $name) {
            $holidays[] = ['date' => $date, 'name' => $name];
        }

        return [
            'office' => [
                'time_zone' => $timeZone,
                'weekly' => array_fill_keys(['mon', 'tue', 'wed', 'thu', 'fri'], ['08:00-12:00', '13:00-17:00']),
                'holidays' => $holidays,
                'holidays_known_until' => '2027-12-31',
            ],
            'around_the_clock' => ['time_zone' => $timeZone, 'always_open' => true],
        ];
    }

    /** @return list<array<string, mixed>> */
    private function steps(string $warningShare, string $overdue): array
    {
        return [
            ['id' => 'warning', 'at' => $warningShare, 'action' => 'warn', 'notify' => ['agent']],
            ['id' => 'breach', 'at' => '100%', 'action' => 'escalate', 'level' => 1, 'notify' => ['agent', 'supervisor'], 'assign_to' => 'supervisor'],
            ['id' => 'overdue', 'after' => $overdue, 'action' => 'escalate', 'level' => 2, 'notify' => ['operations'], 'assign_to' => 'operations'],
        ];
    }
}
