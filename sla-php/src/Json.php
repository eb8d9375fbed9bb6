<?php

declare(strict_types=1);

namespace Sla;

/**
 * Documents to text and back.
 *
 * @internal
 */
final class Json
{
    private function __construct()
    {
    }

    /** @param array<mixed>|object $document */
    public static function write(array|object $document): string
    {
        return json_encode($document, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR);
    }

    /** Reads a document of the library; objects stay objects, so that an empty one is written as it was. */
    public static function read(string $text): mixed
    {
        return json_decode($text, false, 512, JSON_THROW_ON_ERROR);
    }

    public static function instant(?string $text): ?\DateTimeImmutable
    {
        return $text === null ? null : Time::fromText($text);
    }

    /**
     * Writes a list of documents that are text already.
     *
     * @param iterable<string> $documents
     */
    public static function list(iterable $documents): string
    {
        return '[' . implode(',', is_array($documents) ? $documents : iterator_to_array($documents, false)) . ']';
    }
}
