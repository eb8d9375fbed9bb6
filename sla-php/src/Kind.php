<?php

declare(strict_types=1);

namespace Sla;

/** A kind of ticket that rows may name. */
final class Kind
{
    public function __construct(
        public readonly string $package,
        public readonly string $channel,
        public readonly ?string $agent = null,
        public readonly ?string $severity = null,
        public readonly ?string $category = null,
        public readonly ?string $team = null,
    ) {
    }

    /**
     * @internal
     *
     * @return array<string, string>
     */
    public function document(): array
    {
        return array_filter(get_object_vars($this), static fn (?string $value): bool => $value !== null);
    }
}
