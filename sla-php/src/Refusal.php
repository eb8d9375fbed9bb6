<?php

declare(strict_types=1);

namespace Sla;

/** Why something was not done. It is an answer, not an error: nothing happened. */
final class Refusal
{
    private function __construct(
        /** A stable code, for example `channel_not_entitled`. */
        public readonly string $code,
        /** What would have to differ; a host answers each kind alike. */
        public readonly RefusalKind $kind,
        /** What was asked for. */
        public readonly string $action,
        /** What stands in the way. */
        public readonly string $message,
        /** What would be accepted. */
        public readonly string $accepted,
        private readonly \stdClass $document,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->code, RefusalKind::from($document->kind), $document->action, $document->message, $document->accepted, $document);
    }

    /** Returns the same refusal of another action, for a host that had to ask about a command in place of it. */
    public function about(string $action): self
    {
        $document = clone $this->document;
        $document->action = $action;

        return self::read($document);
    }

    /** Returns the refusal as text, for an access log. */
    public function json(): string
    {
        return Json::write($this->document);
    }
}
