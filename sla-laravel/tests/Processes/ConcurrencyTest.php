<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Processes;

use Illuminate\Support\Facades\DB;
use Sla\Laravel\Policy\DraftReview;

final class ConcurrencyTest extends ProcessTestCase
{
    /** Played seconds a real second: an hour. */
    private const SPEED = 3600;

    public function test_admins_who_edit_parts_of_the_draft_keep_what_they_saved(): void
    {
        $processes = [];
        foreach ([1, 2, 3] as $number) {
            $processes[] = $this->start('editor', ['seed' => $number, 'seconds' => 3]);
        }
        foreach ($processes as $process) {
            self::assertSame(0, $this->ended($process)['code'], $this->said());
        }
        self::assertSame(['around_the_clock', 'desk-1', 'desk-2', 'desk-3', 'office'], collect($this->app->make(DraftReview::class)->document()->calendars)->keys()->sort()->values()->all());
    }

    public function test_writers_monitors_and_senders_lose_and_double_nothing(): void
    {
        $seconds = (int) (getenv('SLA_CONCURRENCY_SECONDS') ?: 6);
        $options = [
            'base' => $this->nowUs(),
            'started' => (int) (microtime(true) * 1_000_000),
            'speed' => self::SPEED,
            'seconds' => $seconds,
            'deliveries' => "{$this->folder}/deliveries",
        ];
        $processes = [];
        foreach (['writer', 'writer', 'monitor', 'monitor', 'sender', 'sender', 'admin', 'rebuild'] as $index => $kind) {
            // Something happens even where the machine is too busy for more than a turn in that time.
            $processes[] = $this->start($kind, ['seed' => $index + 1, 'turns' => $kind === 'writer' ? 60 : 1] + $options);
        }
        foreach ($processes as $process) {
            self::assertSame(0, $this->ended($process)['code'], $this->said());
        }
        $this->assertLaws();

        // What the last monitor and sender left.
        $elapsedUs = (int) (microtime(true) * 1_000_000) - $options['started'];
        $later = ['base' => $this->nowUs() + ($elapsedUs + 60_000_000) * self::SPEED, 'speed' => 0, 'seconds' => 0] + $options;
        foreach (['monitor', 'sender'] as $kind) {
            self::assertSame(0, $this->ended($this->start($kind, $later))['code'], $this->said());
        }
        $this->assertLaws();
        $this->assertSums();
        $sent = DB::table('sla_notifications')->whereNotNull('sent_at')->count();
        self::assertSame(DB::table('sla_notifications')->count(), $sent, 'nothing is left to send');
        self::assertCount($sent, $this->deliveries());
        self::assertSame([1], array_values(array_unique($this->deliveries())), 'each went out once');
        self::assertSame(1, (int) DB::table('sla_notifications')->max('attempts'));
        self::assertGreaterThan(20, DB::table('support_events')->count(), 'something happened');
        self::assertGreaterThan(0, DB::table('sla_adoptions')->count());
        foreach (DB::table('sla_adoptions')->get() as $adoption) {
            self::assertLessThanOrEqual((int) $adoption->tickets, (int) $adoption->looked, "adoption {$adoption->id}");
        }
        fwrite(STDERR, sprintf(
            "%s: %d tickets, %d events, %d of them adoptions, %d refusals, %d notifications in %d s\n",
            DB::getDriverName(),
            DB::table('support_tickets')->count(),
            DB::table('support_events')->count(),
            DB::table('support_events')->where('kind', 'revision_adopted')->count(),
            DB::table('sla_denials')->count(),
            $sent,
            $seconds,
        ));
    }
}
