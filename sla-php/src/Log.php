<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidInput;
use Sla\Native\Library;

/** Logs of other systems, row by row. docs/logs.md says what a row holds. */
final class Log
{
    private const SCHEMA = 'sla-log/1';

    private function __construct()
    {
    }

    /**
     * Makes commands of rows, ticket by ticket, for `Engine::import`. No policy is asked.
     *
     * A row that cannot be used does not stop the others: it is in `refused`.
     *
     * @param iterable<mixed>                    $rows   rows of commands in any order, arrays or objects by the names of
     *                                                   docs/logs.md; an instant is a `DateTimeInterface` or a text, `null`
     *                                                   is a missing value
     * @param array<array-key, Meaning|LogState> $states what each state means, when rows are states
     *
     * @throws InvalidInput `unknown_field` for a field that no row has
     */
    public static function commands(iterable $rows, array $states = []): LogCommands
    {
        $log = self::document($rows, $states);

        return LogCommands::read(Json::read(Library::get()->text('sla_log_commands', $log, strlen($log)) ?? ''));
    }

    /**
     * @internal
     *
     * @param iterable<mixed>                    $rows
     * @param array<array-key, Meaning|LogState> $states
     */
    public static function document(iterable $rows, array $states): string
    {
        $document = ['schema' => self::SCHEMA, 'rows' => []];
        foreach ($rows as $row) {
            // What is no row is refused by the library, with its place.
            $document['rows'][] = is_array($row) || $row instanceof \stdClass ? (object) array_map(self::written(...), (array) $row) : $row;
        }
        if ($states !== []) {
            $document['states'] = (object) array_map(static fn (Meaning|LogState $state): mixed => $state instanceof Meaning ? $state->value : $state->document(), $states);
        }

        return Json::write($document);
    }

    private static function written(mixed $value): mixed
    {
        return $value instanceof \DateTimeInterface ? Time::toText($value) : $value;
    }
}
