<?php

declare(strict_types=1);

namespace Sla;

/** A command of another system, with who gave it and when. */
final class RecordedCommand
{
    public function __construct(
        public readonly \DateTimeInterface $at,
        public readonly Actor $actor,
        public readonly Opening|Command $command,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        $command = $document->command;

        return new self(Time::fromText($document->at), Actor::read($document->actor), $command->command === Opening::NAME ? Opening::read($command) : Command::read($command));
    }

    /** @internal */
    public function json(): string
    {
        return '{"at":"' . Time::toText($this->at) . '","actor":' . $this->actor->json() . ',"command":' . $this->command->json() . '}';
    }
}
