<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidArgument;

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

    /**
     * Writes a document.
     *
     * @param array<mixed>|object $document
     *
     * @throws InvalidArgument `invalid_utf8`
     */
    public static function write(array|object $document): string
    {
        try {
            return json_encode($document, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION | JSON_THROW_ON_ERROR);
        } catch (\JsonException) {
            throw InvalidArgument::of('invalid_utf8', 'a text is not UTF-8', 'convert the text to UTF-8');
        }
    }

    /** Reads a document of the library; objects stay objects, so that an empty one is written as it was. */
    public static function read(string $text): mixed
    {
        return json_decode($text, false, 512, JSON_THROW_ON_ERROR);
    }

    /**
     * Reads each document of a list.
     *
     * @template T
     *
     * @param callable(\stdClass): T $read
     * @param list<\stdClass>        $documents
     *
     * @return list<T>
     */
    public static function each(callable $read, array $documents): array
    {
        return array_map($read, $documents);
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
