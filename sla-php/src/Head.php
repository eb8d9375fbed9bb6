<?php

declare(strict_types=1);

namespace Sla;

/** Where a chain stands: how many entries, and the hash of the last one. Keep it beside the chain. */
final class Head
{
    private function __construct(
        /** `ticket`, `access` or `policy`. */
        public readonly string $kind,
        public readonly string $id,
        public readonly int $entries,
        public readonly string $hash,
    ) {
    }

    /** Takes a stored head. */
    public static function fromJson(string $json): self
    {
        return Document::read($json, self::read(...));
    }

    /** Makes a head of stored columns. */
    public static function of(string $kind, string $id, int $entries, string $hash): self
    {
        return new self($kind, $id, $entries, $hash);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->kind, $document->id, $document->entries, $document->hash);
    }

    public function json(): string
    {
        return Json::write(['kind' => $this->kind, 'id' => $this->id, 'entries' => $this->entries, 'hash' => $this->hash]);
    }
}
