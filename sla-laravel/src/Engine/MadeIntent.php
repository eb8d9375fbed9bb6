<?php

declare(strict_types=1);

namespace Sla\Laravel\Engine;

/** A notification that the engine asks for. */
final class MadeIntent
{
    /** @param list<string> $notify names, as the policy's step or rule lists them */
    public function __construct(
        public readonly string $id,
        public readonly array $notify,
        public readonly ?string $assignTo,
        public readonly int $notifyAtUs,
        public readonly ?string $timer,
        /** The step, or the inactivity rule. */
        public readonly ?string $step,
    ) {
    }
}
