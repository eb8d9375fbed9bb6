<?php

declare(strict_types=1);

namespace Sla;

/** What permitted an actor, where neither the role nor the ticket itself did: one of the two. */
final class Via
{
    private function __construct(public readonly ?string $team, public readonly ?string $organization)
    {
    }

    /** @internal */
    public static function read(?\stdClass $document): ?self
    {
        return $document === null ? null : new self($document->team ?? null, $document->organization ?? null);
    }
}
