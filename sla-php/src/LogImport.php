<?php

declare(strict_types=1);

namespace Sla;

/** What an import made of a log. */
final class LogImport
{
    /**
     * @param list<History>    $histories
     * @param list<RefusedRow> $refused
     * @param list<LogRemark>  $remarks
     */
    private function __construct(
        /** One for each ticket that could be opened, by id; none where figures were asked for. */
        public readonly array $histories,
        /** The rows that the policy does not allow, or that cannot be read; the histories do not contain them. */
        public readonly array $refused,
        /** The columns that are ignored. */
        public readonly array $remarks,
    ) {
    }

    /** @internal */
    public static function read(string $text): self
    {
        // Each history is on a line of its own and is not read here.
        $lines = explode("\n", $text);
        $document = Json::read("{$lines[0]}]}");
        $histories = array_map(static fn (string $line): History => History::fromJson(rtrim($line, ',')), array_slice($lines, 1, -1));

        return new self($histories, Json::each(RefusedRow::read(...), $document->refused), Json::each(LogRemark::read(...), $document->remarks));
    }
}
