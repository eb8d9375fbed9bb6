<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

/** Adds up figures by what they are of. */
final class FigureSums
{
    /** @var array<string, array<string, string|int>> */
    private array $places = [];

    /** @var array<string, array{n: int, sum_s: int, sum_us_rest: int}> */
    private array $sums = [];

    /** @param array<string, string|int> $place what they are of */
    public function add(array $place, int $n, int $sumS, int $sumUsRest): void
    {
        $key = implode("\0", $place);
        $this->places[$key] = $place;
        $before = $this->sums[$key] ?? ['n' => 0, 'sum_s' => 0, 'sum_us_rest' => 0];
        $this->sums[$key] = ['n' => $before['n'] + $n, 'sum_s' => $before['sum_s'] + $sumS, 'sum_us_rest' => $before['sum_us_rest'] + $sumUsRest];
    }

    /** @return list<array<string, string|int>> what they are of with `n`, `sum_s` and `sum_us_rest`, where these are not all zero */
    public function rows(): array
    {
        $rows = [];
        foreach ($this->sums as $key => $sums) {
            if ($sums !== ['n' => 0, 'sum_s' => 0, 'sum_us_rest' => 0]) {
                $rows[] = $this->places[$key] + $sums;
            }
        }

        return $rows;
    }
}
