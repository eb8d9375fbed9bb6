<?php

declare(strict_types=1);

namespace Sla\Native;

/**
 * Owns one object of the library and frees it once.
 *
 * @internal
 */
final class Handle
{
    use Unclonable;

    private bool $isFreed = false;

    /**
     * @param \FFI\CData     $pointer the pointer, as functions take it
     * @param \Closure(): void $free    frees it; a closure, so that handles know nothing of the library that makes them
     */
    public function __construct(public readonly \FFI\CData $pointer, private readonly \Closure $free)
    {
    }

    public function __destruct()
    {
        // In PHP a destructor can be called by anyone, and more than once.
        if ($this->isFreed) {
            return;
        }
        $this->isFreed = true;
        ($this->free)();
    }
}
