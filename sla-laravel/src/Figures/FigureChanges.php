<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

/**
 * What rows of tickets add to the sums of days, and what rows that are gone take from them: the rows of `sla_figure_changes`.
 * `FigureQuery` reads the same from the tables of rows.
 */
final class FigureChanges
{
    private function __construct(private readonly FigureSums $sums)
    {
    }

    /**
     * @param list<array<string, string|int|null>> $added rows of `sla_promises` and `sla_ticket_facts`
     * @param list<array<string, string|int|null>> $gone
     *
     * @return list<array<string, string|int>>
     */
    public static function of(array $added, array $gone): array
    {
        $changes = new self(new FigureSums());
        foreach ($added as $row) {
            $changes->count($row, 1);
        }
        foreach ($gone as $row) {
            $changes->count($row, -1);
        }

        return $changes->sums->rows();
    }

    /** @param array<string, string|int|null> $row */
    private function count(array $row, int $sign): void
    {
        if (!isset($row['class'])) {
            $isDuration = $row['duration_us'] !== null;
            $this->add($row, '', (string) $row['figure'], $isDuration ? 0 : (int) $row['bucket'], $sign * (int) $row['n'], $sign * (int) $row['duration_us']);

            return;
        }
        $this->add($row, '', (string) $row['class'], 0, $sign, 0);
        foreach (['business' => $row['business_figure'], 'wall' => $row['wall_figure'], 'overdue' => 'overdue'] as $time => $figure) {
            if ($row["{$time}_us"] !== null) {
                $this->add($row, 'ended_', (string) $figure, 0, $sign, $sign * (int) $row["{$time}_us"]);
            }
        }
    }

    /** @param array<string, string|int|null> $row */
    private function add(array $row, string $prefix, string $figure, int $bucket, int $n, int $us): void
    {
        if ($row["{$prefix}day"] === null) {
            return;
        }
        $place = [
            'day' => (string) $row["{$prefix}day"],
            'package' => (string) $row["{$prefix}package"],
            'channel' => (string) $row["{$prefix}channel"],
            'agent' => (string) ($row["{$prefix}agent"] ?? FigureQuery::UNASSIGNED),
            'team' => (string) ($row["{$prefix}team"] ?? FigureQuery::UNASSIGNED),
            'timer' => (string) $row['timer'],
            'figure' => $figure,
            'bucket' => $bucket,
        ];
        $this->sums->add($place, $n, intdiv($us, 1_000_000), $us % 1_000_000);
    }
}
