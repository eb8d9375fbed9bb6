<?php

declare(strict_types=1);

namespace Sla;

/** A column of a log that is ignored. */
final class LogRemark
{
    private function __construct(public readonly string $column, public readonly string $message)
    {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->column, $document->message);
    }
}
