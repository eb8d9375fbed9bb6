<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidInput;
use Sla\Exceptions\Problem;

/**
 * Documents that the host stored.
 *
 * @internal
 */
final class Document
{
    private function __construct()
    {
    }

    /**
     * Reads a stored document; whatever it is not, is an `InvalidInput`.
     *
     * @template T
     *
     * @param callable(\stdClass): T $read
     *
     * @return T
     */
    public static function read(string $json, callable $read): mixed
    {
        try {
            $document = Json::read($json);
            if (!$document instanceof \stdClass) {
                throw new \UnexpectedValueException('it is no object');
            }

            return self::strictly($read, $document);
        } catch (\JsonException | \TypeError | \ValueError | \UnexpectedValueException $fault) {
            throw new InvalidInput(new Problem('invalid_json', '', 'the document cannot be read: ' . $fault->getMessage(), 'store what the library wrote'), $fault);
        }
    }

    /**
     * Returns a part of a document as arrays; an empty one for none.
     *
     * @return array<mixed>
     */
    public static function arrayOf(mixed $part): array
    {
        return $part === null ? [] : json_decode((string) json_encode($part), true);
    }

    /**
     * Returns a list of objects in a document as arrays; an empty one for none.
     *
     * @return list<array<string, mixed>>
     */
    public static function listOf(mixed $part): array
    {
        return array_values(self::arrayOf($part));
    }

    /**
     * Runs a reader in which a missing field is a fault, not a warning.
     *
     * @template T
     *
     * @param callable(\stdClass): T $read
     *
     * @return T
     *
     * @throws \UnexpectedValueException
     */
    private static function strictly(callable $read, \stdClass $document): mixed
    {
        // PHP 8.1 takes no `never` on a short function.
        set_error_handler(/** @throws \UnexpectedValueException */ static function (int $_, string $message): never {
            throw new \UnexpectedValueException($message);
        });
        try {
            return $read($document);
        } catch (\Exception $fault) {
            throw new \UnexpectedValueException($fault->getMessage(), 0, $fault);
        } finally {
            restore_error_handler();
        }
    }
}
