<?php

declare(strict_types=1);

namespace Sla;

/**
 * A command on a ticket. docs/commands.md says who may give it, in which status.
 *
 * A command with an id is safe to repeat: the second time it adds nothing.
 */
final class Command
{
    /** @param array<string, mixed> $fields */
    private function __construct(public readonly string $name, private readonly array $fields, public readonly ?string $id = null)
    {
    }

    /** Returns the same command with an id of the host. */
    public function withId(string $id): self
    {
        return new self($this->name, $this->fields, $id);
    }

    public static function assign(string $agent): self
    {
        return new self('assign', ['agent' => $agent]);
    }

    public static function reply(string $channel, Message $message): self
    {
        return new self('reply', ['channel' => $channel, 'message' => $message->document()]);
    }

    public static function note(Message $message): self
    {
        return new self('note', ['message' => $message->document()]);
    }

    public static function customerMessage(string $channel, Message $message): self
    {
        return new self('customer_message', ['channel' => $channel, 'message' => $message->document()]);
    }

    public static function pause(PauseStatus $status, string $reason): self
    {
        return new self('pause', ['status' => $status->value, 'reason' => $reason]);
    }

    public static function resume(): self
    {
        return new self('resume', []);
    }

    public static function resolve(Message $message): self
    {
        return new self('resolve', ['message' => $message->document()]);
    }

    /** A customer names the channel, an agent or admin a reason. */
    public static function reopen(?string $channel = null, ?string $reason = null): self
    {
        return new self('reopen', ['channel' => $channel, 'reason' => $reason]);
    }

    public static function close(): self
    {
        return new self('close', []);
    }

    public static function withdraw(): self
    {
        return new self('withdraw', []);
    }

    public static function void(string $reason, ?string $duplicateOf = null): self
    {
        return new self('void', ['reason' => $reason, 'duplicate_of' => $duplicateOf]);
    }

    /** A customer names the channel. */
    public static function requestEscalation(string $reason, ?string $channel = null): self
    {
        return new self('request_escalation', ['reason' => $reason, 'channel' => $channel]);
    }

    public static function acknowledgeEscalation(int $number): self
    {
        return new self('acknowledge_escalation', ['number' => $number]);
    }

    public static function resolveEscalation(int $number): self
    {
        return new self('resolve_escalation', ['number' => $number]);
    }

    /** @param int $score 1 to 5 */
    public static function rate(int $score): self
    {
        return new self('rate', ['score' => $score]);
    }

    public static function changePackage(string $package, Apply $apply, string $reason): self
    {
        return new self('change_package', ['package' => $package, 'apply' => $apply->value, 'reason' => $reason]);
    }

    public static function adoptRevision(string $policyDigest, Apply $apply, string $reason): self
    {
        return new self('adopt_revision', ['policy_digest' => $policyDigest, 'apply' => $apply->value, 'reason' => $reason]);
    }

    public static function classify(?string $severity, ?string $category, Apply $apply, string $reason): self
    {
        return new self('classify', ['severity' => $severity, 'category' => $category, 'apply' => $apply->value, 'reason' => $reason]);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        $fields = Document::arrayOf($document);
        unset($fields['command'], $fields['command_id']);

        return new self($document->command, $fields, $document->command_id ?? null);
    }

    /**
     * @internal
     *
     * @return array<string, mixed>
     */
    public function document(): array
    {
        $fields = ['command' => $this->name, 'command_id' => $this->id] + $this->fields;

        return array_filter($fields, static fn (mixed $value): bool => $value !== null);
    }

    /** @internal */
    public function json(): string
    {
        return Json::write($this->document());
    }
}
