<?php

declare(strict_types=1);

namespace Sla;

/** What agents may do beyond the fixed table of commands. */
final class PolicyRoles
{
    private function __construct(
        public readonly bool $selfAssign,
        public readonly bool $agentsMayClassify,
        public readonly bool $agentsMayUnassign,
        /** `assigned`, `team` or `all`. */
        public readonly string $agentsActOn,
        public readonly bool $organizationsShare,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->self_assign,
            $document->agents_may_classify,
            $document->agents_may_unassign,
            $document->agents_act_on,
            $document->organizations_share,
        );
    }
}
