<?php

declare(strict_types=1);

namespace Sla\Tests;

use Sla\Actor;
use Sla\Decision;
use Sla\Engine;
use Sla\Event;
use Sla\History;
use Sla\Message;
use Sla\Opening;

/** What every test needs: the desk of examples/talkabiz.json, on a Monday at nine. */
final class Desk
{
    public const ROOT = __DIR__ . '/../..';

    /** An office in Jakarta with a lunch break. */
    public const OFFICE = '{"time_zone":"Asia/Jakarta","weekly":{"mon":["08:00-12:00","13:00-17:00"],"tue":["08:00-17:00"]},"holidays_known_until":"2026-12-31"}';

    private function __construct()
    {
    }

    public static function policy(): string
    {
        return (string) file_get_contents(self::ROOT . '/examples/talkabiz.json');
    }

    public static function engine(): Engine
    {
        return Engine::compile(self::policy());
    }

    /** 2026-11-23T09:00:00+07:00, a Monday, and so many hours later. */
    public static function monday(float $hours = 0): \DateTimeImmutable
    {
        return (new \DateTimeImmutable('2026-11-23T09:00:00+07:00'))->modify('+' . (int) round($hours * 3600) . ' seconds');
    }

    public static function opening(string $channel = 'email', string $package = 'starter'): Opening
    {
        return new Opening('T-1', 'c-7', $package, $channel, Message::of('m-1', 'help'));
    }

    public static function opened(Engine $engine): Decision
    {
        return $engine->open(self::opening(), Actor::customer('c-7'), self::monday());
    }

    /** A ticket that nobody answered in eight hours. */
    public static function late(Engine $engine): History
    {
        $opened = self::opened($engine);

        return History::of([...$opened->events, ...$engine->dueEvents($opened->ticket, self::monday(8))->events]);
    }

    /** @param list<Event> $events */
    public static function kinds(array $events): string
    {
        return implode(' ', array_map(static fn (Event $event): string => $event->kind, $events));
    }
}
