<?php

declare(strict_types=1);

namespace Sla\Laravel\Http;

use Illuminate\Http\Response;

/** Tables as files for spreadsheets (RFC 4180). */
final class Csv
{
    private function __construct()
    {
    }

    /**
     * @param list<string>                            $header
     * @param iterable<list<string|int|float|null>> $rows
     */
    public static function response(string $name, array $header, iterable $rows): Response
    {
        $file = fopen('php://temp', 'w+') ?: throw new \RuntimeException('no temporary file can be written');
        self::write($file, $header);
        foreach ($rows as $row) {
            self::write($file, $row);
        }
        rewind($file);
        $text = (string) stream_get_contents($file);
        fclose($file);

        return new Response($text, 200, [
            'Content-Type' => 'text/csv; charset=UTF-8',
            'Content-Disposition' => 'attachment; filename="' . (string) preg_replace('/[^A-Za-z0-9._-]/', '-', $name) . '.csv"',
        ]);
    }

    /**
     * Returns a text that no spreadsheet takes for a formula: those begin with `=`, `+`, `-`, `@`, also in their wide forms,
     * or with a control character that is skipped.
     */
    public static function cell(string|int|float|null $value): string
    {
        $text = (string) $value;

        return is_string($value) && preg_match('/\A[\s\x00-\x1f]*[=+\-@＝＋－＠\t\r\n]/u', $text) === 1 ? "'{$text}" : $text;
    }

    /**
     * @param resource                         $file
     * @param list<string|int|float|null> $row
     */
    private static function write(mixed $file, array $row): void
    {
        fputcsv($file, array_map(self::cell(...), $row), ',', '"', '', "\r\n");
    }
}
