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

    /** Assigns to an agent, to a team, or to both; an agent alone leaves the team, another team alone takes the agent away. */
    public static function assign(?string $agent = null, ?string $team = null): self
    {
        return new self('assign', ['agent' => $agent, 'team' => $team]);
    }

    /** Takes the ticket from its agent; team and status stay. */
    public static function unassign(string $reason): self
    {
        return new self('unassign', ['reason' => $reason]);
    }

    /** @param bool $isAutomatic whether the host's automation writes, as an admin: then it stops and starts no timer */
    public static function reply(string $channel, Message $message, bool $isAutomatic = false): self
    {
        return new self('reply', ['channel' => $channel, 'message' => $message->document(), 'automatic' => $isAutomatic ?: null]);
    }

    /**
     * Takes over a duplicate, which the host voids.
     *
     * @param ?\DateTimeInterface $waitingSince what the other ticket's `voided` event says; `null` where nobody waits there
     */
    public static function absorb(string $ticket, string $reason, ?\DateTimeInterface $waitingSince = null): self
    {
        return new self('absorb', ['ticket' => $ticket, 'waiting_since' => Time::maybeText($waitingSince), 'reason' => $reason]);
    }

    public static function note(Message $message): self
    {
        return new self('note', ['message' => $message->document()]);
    }

    /** @param ?\DateTimeInterface $receivedAt when it was received, if before the command */
    public static function customerMessage(string $channel, Message $message, ?\DateTimeInterface $receivedAt = null): self
    {
        return new self('customer_message', ['channel' => $channel, 'message' => $message->document(), 'received_at' => Time::maybeText($receivedAt)]);
    }

    /** @param ?\DateTimeInterface $until when the pause ends automatically, if no limit of the policy ends it earlier */
    public static function pause(PauseStatus $status, string $reason, ?\DateTimeInterface $until = null): self
    {
        return new self('pause', ['status' => $status->value, 'reason' => $reason, 'until' => Time::maybeText($until)]);
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
