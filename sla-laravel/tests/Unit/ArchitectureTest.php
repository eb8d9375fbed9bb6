<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Unit;

use PHPUnit\Framework\TestCase;

final class ArchitectureTest extends TestCase
{
    /** What may write, and which tables. */
    private const WRITERS = [
        'Store/TicketStore.php' => ['support_tickets', 'sla_ticket_states', 'support_events', 'support_responses', 'support_escalations', 'sla_notifications', 'sla_monitor_failures'],
        'Store/Outbox.php' => ['sla_notifications'],
        'Store/AccessLog.php' => ['sla_denials'],
        'Store/AlertStore.php' => ['sla_alerts', 'sla_notifications'],
        'Store/Memory.php' => ['sla_memories'],
        'Store/AdoptionStore.php' => ['sla_adoptions', 'sla_adoption_refusals'],
        // What the stores of tickets and of figures hand it.
        'Store/PendingRows.php' => [],
        'Store/Updates.php' => [],
        'Figures/PromiseProjector.php' => ['sla_promises', 'sla_ticket_facts', 'sla_figure_changes'],
        'Figures/DayTable.php' => ['sla_daily', 'sla_monthly', 'sla_figure_changes', 'sla_dirty_days', 'sla_reports', 'sla_figure_state'],
        'Figures/Reports.php' => ['sla_reports'],
        'Figures/ReportNotifier.php' => ['sla_report_notices'],
        'Figures/FigureRebuild.php' => ['sla_figure_state'],
        // A row that its caller names.
        'Support/Tables.php' => [],
        'Policy/PolicyDraft.php' => ['sla_definitions', 'support_channels', 'sla_settings'],
        'Policy/PolicyPublisher.php' => ['sla_policy_revisions'],
    ];

    private const WRITES = '/->(insert|insertOrIgnore|insertGetId|insertUsing|update|updateOrInsert|updateOrCreate|upsert|delete|truncate|increment|decrement|save|forceDelete|statement|unprepared|affectingStatement)\(/';

    public function test_nothing_outside_the_store_writes(): void
    {
        $writers = [];
        foreach (self::files('src') as $file => $code) {
            if (!str_starts_with($file, 'Database/') && !str_starts_with($file, 'Models/') && preg_match(self::WRITES, $code) === 1) {
                $writers[] = $file;
            }
        }
        sort($writers);
        $permitted = array_keys(self::WRITERS);
        sort($permitted);
        self::assertSame($permitted, $writers);
    }

    public function test_a_writer_names_its_own_tables_only_where_it_writes(): void
    {
        foreach (self::WRITERS as $file => $tables) {
            $code = self::files('src')[$file];
            // A statement that writes, from the table that it names.
            preg_match_all("/table\\('([a-z_]+)'\\)[^;]*?->(?:insert|insertOrIgnore|insertGetId|insertUsing|upsert|update|updateOrInsert|delete)\\(/s", $code, $found);
            preg_match_all("/(?:pending->(?:add|update)\\(|Statements::(?:insert|insertForId|update)\\([^']+, )'([a-z_]+)'/", $code, $others);
            self::assertSame([], array_diff([...$found[1], ...$others[1]], $tables), $file);
        }
        $with = array_keys(array_filter(self::files('src'), static fn (string $code): bool => str_contains($code, 'PendingRows')));
        sort($with);
        self::assertSame(['Figures/PromiseProjector.php', 'Store/PendingRows.php', 'Store/TicketStore.php'], $with);
        $with = array_keys(array_filter(self::files('src'), static fn (string $code): bool => preg_match('/Statements::|new Updates/', $code) === 1));
        sort($with);
        self::assertSame(['Figures/PromiseProjector.php', 'Store/PendingRows.php', 'Store/TicketStore.php'], $with);
    }

    public function test_only_the_gateway_and_the_policy_call_the_engine(): void
    {
        $callers = [];
        foreach (self::files('src') as $file => $code) {
            if (preg_match('/\b(Engine::(compile|ofRevisions)|Audit::|->(openLinked|decideLinked|dueEventsLinked|dryRun|batch)\(|Policy::fromJson)/', $code) === 1) {
                $callers[] = $file;
            }
        }
        sort($callers);
        self::assertSame(['Engine/Gateway.php', 'Policy/PolicyPreview.php', 'Policy/PolicyPublisher.php', 'Policy/PolicyRepository.php'], $callers);
    }

    public function test_settings_come_from_the_environment_in_the_configuration_only(): void
    {
        foreach (self::files('src') as $file => $code) {
            self::assertSame(0, preg_match('/[^a-z_>]env\(/', $code), "{$file} reads the environment");
        }
    }

    public function test_the_engine_package_knows_no_framework(): void
    {
        foreach (self::files('../sla-php/src') as $file => $code) {
            self::assertStringNotContainsString('Illuminate', $code, $file);
        }
    }

    public function test_no_request_names_terms(): void
    {
        $fields = array_map(static fn ($property): string => $property->getName(), (new \ReflectionClass(\Sla\Laravel\Services\NewTicket::class))->getProperties());
        self::assertSame([], array_intersect(['package', 'priority', 'due', 'dueAt', 'organization', 'target'], $fields));
    }

    /** @return array<string, string> the code by file */
    private static function files(string $folder): array
    {
        $root = dirname(__DIR__, 2) . '/' . $folder;
        $files = [];
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($root, \FilesystemIterator::SKIP_DOTS)) as $file) {
            if ($file->getExtension() === 'php') {
                $files[substr($file->getPathname(), strlen($root) + 1)] = (string) file_get_contents($file->getPathname());
            }
        }

        return $files;
    }
}
