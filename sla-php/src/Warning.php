<?php

declare(strict_types=1);

namespace Sla;

/** Something that is legal in a policy, but probably not meant. */
final class Warning
{
    private function __construct(
        public readonly string $code,
        /** Where, as a JSON pointer. */
        public readonly string $path,
        public readonly string $message,
        public readonly string $help,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->code, $document->path, $document->message, $document->help);
    }
}
