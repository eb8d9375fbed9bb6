<?php

declare(strict_types=1);

namespace Sla;

/** Every event of a ticket, oldest first. */
final class History
{
    private function __construct(private readonly string $json)
    {
    }

    /**
     * Makes a history of events, or of their stored texts.
     *
     * @param iterable<Event|string> $events
     */
    public static function of(iterable $events): self
    {
        return new self('{"schema":"sla-history/1","events":' . self::listOf($events) . '}');
    }

    /**
     * Makes a history of the stored entries of a ticket's chain, as they are: they are read when the history is used.
     *
     * @param iterable<string> $entries
     */
    public static function ofEntries(iterable $entries): self
    {
        return new self(Json::list($entries));
    }

    /** Takes a document of the library (`sla-history/1`); it is read when the history is used. */
    public static function fromJson(string $json): self
    {
        return new self($json);
    }

    /** Returns the document. */
    public function json(): string
    {
        return $this->json;
    }

    /**
     * @internal
     *
     * @param iterable<Event|string> $events
     */
    public static function listOf(iterable $events): string
    {
        $texts = [];
        foreach ($events as $event) {
            $texts[] = $event instanceof Event ? $event->json() : $event;
        }

        return Json::list($texts);
    }
}
