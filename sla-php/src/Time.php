<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidInput;
use Sla\Exceptions\Problem;

/**
 * Instants as microseconds since 1970-01-01T00:00:00Z, and back; lengths of time in microseconds.
 *
 * Answers are in UTC. The library answers for instants from 1970-01-01 to 2200-01-01.
 */
final class Time
{
    public const SECOND = 1_000_000;
    public const MINUTE = 60 * self::SECOND;
    public const HOUR = 60 * self::MINUTE;
    public const DAY = 24 * self::HOUR;

    private const FARTHEST = 9_000_000_000_000;

    private static ?\DateTimeZone $utc = null;

    private function __construct()
    {
    }

    /**
     * Returns an instant as microseconds since 1970-01-01T00:00:00Z.
     *
     * @throws InvalidInput `out_of_horizon` some 290,000 years from now
     */
    public static function toUs(\DateTimeInterface $at): int
    {
        $seconds = $at->getTimestamp();
        if ($seconds > self::FARTHEST || $seconds < -self::FARTHEST) {
            throw new InvalidInput(new Problem('out_of_horizon', '', 'the instant lies beyond what microseconds can count', 'ask about an instant from 1970-01-01 to 2200-01-01'));
        }

        return $seconds * 1_000_000 + (int) $at->format('u');
    }

    /**
     * Returns an instant as microseconds since 1970-01-01T00:00:00Z; `null` for none.
     *
     * @internal
     */
    public static function maybeUs(?\DateTimeInterface $at): ?int
    {
        return $at === null ? null : self::toUs($at);
    }

    /** Returns the instant so many microseconds after 1970-01-01T00:00:00Z, in UTC. */
    public static function fromUs(int $us): \DateTimeImmutable
    {
        $text = sprintf('@%s%d.%06d', $us < 0 ? '-' : '', abs(intdiv($us, 1_000_000)), abs($us % 1_000_000));

        return (new \DateTimeImmutable($text))->setTimezone(self::utc());
    }

    /** Returns an instant as documents write it. */
    public static function toText(\DateTimeInterface $at): string
    {
        return \DateTimeImmutable::createFromInterface($at)->setTimezone(self::utc())->format('Y-m-d\TH:i:s.u\Z');
    }

    /**
     * Returns an instant as documents write it; `null` for none.
     *
     * @internal
     */
    public static function maybeText(?\DateTimeInterface $at): ?string
    {
        return $at === null ? null : self::toText($at);
    }

    /**
     * Returns the instant of a document's text, in UTC or with the offset that it says.
     *
     * @internal
     */
    public static function fromText(string $text): \DateTimeImmutable
    {
        // A zone in the text costs PHP ten microseconds.
        return str_ends_with($text, 'Z')
            ? new \DateTimeImmutable(substr($text, 0, -1), self::utc())
            : new \DateTimeImmutable($text);
    }

    private static function utc(): \DateTimeZone
    {
        return self::$utc ??= new \DateTimeZone('UTC');
    }
}
