<?php

declare(strict_types=1);

namespace Sla;

/** What a JSON pointer into a policy document is about: a part of the policy, and a field of it. */
final class PolicyPlace
{
    private function __construct(
        /** `package`, `channel`, `calendar`, `timer`, `steps`, `severity`, `category`, `inactivity`, `pauses`, `roles`, `objectives` or `policy`. */
        public readonly string $kind,
        /** The id of the part; `null` where it has none. */
        public readonly ?string $id,
        /** The place of the part in its list, from 0; `null` where it is not in a list. */
        public readonly ?int $index,
        /** The field of the part, for example `targets/resolution`; empty for the part as a whole. */
        public readonly string $field,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->kind, $document->id, $document->index, $document->field);
    }
}
