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
    public function json(): string
    {
        return '{"at":"' . Time::toText($this->at) . '","actor":' . $this->actor->json() . ',"command":' . $this->command->json() . '}';
    }
}
