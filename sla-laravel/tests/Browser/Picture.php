<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Browser;

/** Writes a PNG of Chromium with a palette, which takes a third of the bytes. */
final class Picture
{
    private const COLORS = 256;

    private function __construct()
    {
    }

    /** @param string $png of eight bits a channel, not interlaced */
    public static function small(string $png): string
    {
        [$width, $height, $type, $data] = self::read($png);
        $size = $type === 6 ? 4 : 3;
        $counts = [];
        $pixels = [];
        $before = array_fill(0, $width * $size, 0);
        for ($y = 0, $at = 0; $y < $height; $y++) {
            $filter = ord($data[$at++]);
            $line = array_values((array) unpack('C*', substr($data, $at, $width * $size)));
            $at += $width * $size;
            foreach ($line as $x => $byte) {
                $left = $x < $size ? 0 : $line[$x - $size];
                $above = $before[$x];
                $line[$x] = ($byte + match ($filter) {
                    0 => 0,
                    1 => $left,
                    2 => $above,
                    3 => intdiv($left + $above, 2),
                    4 => self::paeth($left, $above, $x < $size ? 0 : $before[$x - $size]),
                }) & 255;
            }
            for ($x = 0; $x < $width * $size; $x += $size) {
                $color = $line[$x] << 16 | $line[$x + 1] << 8 | $line[$x + 2];
                $pixels[] = $color;
                $counts[$color] = ($counts[$color] ?? 0) + 1;
            }
            $before = $line;
        }
        arsort($counts);
        $palette = array_slice(array_keys($counts), 0, self::COLORS);
        $places = array_flip($palette);
        foreach (array_keys($counts) as $color) {
            $places[$color] ??= self::nearest($color, $palette);
        }
        $lines = '';
        foreach (array_chunk($pixels, $width) as $line) {
            $lines .= "\0" . implode('', array_map(static fn (int $color): string => chr($places[$color]), $line));
        }
        $colors = implode('', array_map(static fn (int $color): string => substr(pack('N', $color), 1), $palette));

        return substr($png, 0, 8) . self::chunk('IHDR', pack('NNCCCCC', $width, $height, 8, 3, 0, 0, 0)) . self::chunk('PLTE', $colors)
            . self::chunk('IDAT', (string) gzcompress($lines, 9)) . self::chunk('IEND', '');
    }

    /** @return array{int, int, int, string} width, height, type of color, filtered lines */
    private static function read(string $png): array
    {
        $data = '';
        for ($at = 8; $at < strlen($png); $at += 12 + $length) {
            ['length' => $length, 'name' => $name] = (array) unpack('Nlength/a4name', substr($png, $at, 8));
            $content = substr($png, $at + 8, $length);
            if ($name === 'IHDR') {
                $head = (array) unpack('Nwidth/Nheight/Cbits/Ctype/Cpacking/Cfilter/Cinterlace', $content);
                if ($head['bits'] !== 8 || !in_array($head['type'], [2, 6], true) || $head['interlace'] !== 0) {
                    throw new \LogicException('a PNG of another kind');
                }
            } elseif ($name === 'IDAT') {
                $data .= $content;
            }
        }

        return [$head['width'], $head['height'], $head['type'], (string) gzuncompress($data)];
    }

    private static function paeth(int $left, int $above, int $corner): int
    {
        $guess = $left + $above - $corner;
        [$one, $two, $three] = [abs($guess - $left), abs($guess - $above), abs($guess - $corner)];

        return match (true) {
            $one <= $two && $one <= $three => $left,
            $two <= $three => $above,
            default => $corner,
        };
    }

    /** @param list<int> $palette */
    private static function nearest(int $color, array $palette): int
    {
        $best = [PHP_INT_MAX, 0];
        foreach ($palette as $place => $other) {
            $distance = (($color >> 16) - ($other >> 16)) ** 2 + (($color >> 8 & 255) - ($other >> 8 & 255)) ** 2 + (($color & 255) - ($other & 255)) ** 2;
            $best = $distance < $best[0] ? [$distance, $place] : $best;
        }

        return $best[1];
    }

    private static function chunk(string $name, string $content): string
    {
        return pack('N', strlen($content)) . $name . $content . pack('N', crc32($name . $content));
    }
}
