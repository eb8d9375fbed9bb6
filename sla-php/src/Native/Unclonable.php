<?php

declare(strict_types=1);

namespace Sla\Native;

/**
 * For what stands for an object of the library, which lives in this process and has one owner.
 *
 * @internal
 */
trait Unclonable
{
    private function __clone(): void
    {
    }

    /** @return array<string, mixed> */
    public function __serialize(): array
    {
        throw new \LogicException(self::class . ' lives in this process only; keep its policy or document instead');
    }

    /** @param array<string, mixed> $_data */
    public function __unserialize(array $_data): void
    {
        throw new \LogicException(self::class . ' lives in this process only; make it anew');
    }
}
