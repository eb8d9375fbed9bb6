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

    public function __construct(
        private readonly Library $library,
        /** The pointer, as functions take it. */
        public readonly \FFI\CData $pointer,
        private readonly string $free,
    ) {
    }

    public function __destruct()
    {
        // PHP lets anybody call a destructor, as often as he likes.
        if ($this->isFreed) {
            return;
        }
        $this->isFreed = true;
        $this->library->free($this->free, $this->pointer);
    }
}
