<?php

declare(strict_types=1);

namespace Sla\Laravel\Http;

/** Where the bars of a chart are, for an SVG that needs no script. */
final class Chart
{
    public const WIDTH = 720;
    public const HEIGHT = 200;
    /** Left of and below the bars, for what the axes say. */
    public const LEFT = 56;
    public const BELOW = 24;
    private const ABOVE = 10;
    private const LABELS = 8;
    private const LETTERS = 14;

    /**
     * @param list<array{x: float, y: float, width: float, height: float, series: int, title: string}> $bars
     * @param list<array{x: float, text: string}>                                                       $labels
     * @param list<array{y: float, text: string}>                                                       $lines
     * @param list<string>                                                                              $series
     */
    private function __construct(
        public readonly string $title,
        public readonly array $bars,
        public readonly array $labels,
        public readonly array $lines,
        public readonly array $series,
    ) {
    }

    /**
     * Lays out bars in groups, a group a label. Where a value is `null` there is no bar, which a bar of 0 is not.
     *
     * @param list<string>             $labels
     * @param array<string, list<?int>> $series values by name, as many as there are labels
     * @param callable(int): string    $format
     * @param ?int                     $top    of the scale; `null` for the highest value
     */
    public static function bars(string $title, array $labels, array $series, callable $format, ?int $top = null): self
    {
        $top ??= max(1, ...array_map(static fn (array $values): int => max([0, ...array_map('intval', $values)]), array_values($series)));
        $height = self::HEIGHT - self::ABOVE - self::BELOW;
        $slot = (self::WIDTH - self::LEFT) / max(1, count($labels));
        $width = $slot * 0.8 / max(1, count($series));
        $bars = [];
        foreach (array_keys($series) as $number => $name) {
            foreach ($series[$name] as $place => $value) {
                if ($value !== null) {
                    // A bar of 0 is a thin line.
                    $tall = max(1.0, min(1.0, $value / $top) * $height);
                    $bars[] = [
                        'x' => round(self::LEFT + $slot * $place + $slot * 0.1 + $width * $number, 2),
                        'y' => round(self::ABOVE + $height - $tall, 2),
                        'width' => round($width, 2),
                        'height' => round($tall, 2),
                        'series' => $number,
                        'title' => "{$labels[$place]}, {$name}: {$format($value)}",
                    ];
                }
            }
        }
        $step = (int) ceil(count($labels) / self::LABELS);
        $shown = [];
        foreach ($labels as $place => $label) {
            if ($place % max(1, $step) === 0) {
                $shown[] = ['x' => round(self::LEFT + $slot * ($place + 0.5), 2), 'text' => mb_strlen($label) > self::LETTERS ? mb_substr($label, 0, self::LETTERS - 1) . '…' : $label];
            }
        }
        $lines = [
            ['y' => (float) self::ABOVE, 'text' => $format($top)],
            ['y' => self::ABOVE + $height / 2, 'text' => $top % 2 === 0 ? $format(intdiv($top, 2)) : ''],
            ['y' => (float) (self::ABOVE + $height), 'text' => $format(0)],
        ];

        return new self($title, $bars, $shown, $lines, array_map(strval(...), array_keys($series)));
    }
}
