<?php

declare(strict_types=1);

namespace Sla;

/** The command that opens a ticket. */
final class Opening
{
    /** @internal */
    public const NAME = 'open';

    /**
     * @param Direction           $direction    outbound where an agent or admin opens the ticket by writing to the customer
     * @param ?\DateTimeInterface $receivedAt   when the message of an inbound ticket was received, if before the command
     * @param ?string             $organization the customer's; customers name only their own
     */
    public function __construct(
        public readonly string $ticket,
        public readonly string $customer,
        public readonly string $package,
        public readonly string $channel,
        public readonly Message $message,
        public readonly ?string $severity = null,
        public readonly ?string $category = null,
        public readonly ?string $commandId = null,
        public readonly Direction $direction = Direction::Inbound,
        public readonly ?\DateTimeInterface $receivedAt = null,
        public readonly ?string $organization = null,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->ticket,
            $document->customer,
            $document->package,
            $document->channel,
            Message::read($document->message),
            $document->severity ?? null,
            $document->category ?? null,
            $document->command_id ?? null,
            Direction::from($document->direction ?? Direction::Inbound->value),
            Json::instant($document->received_at ?? null),
            $document->organization ?? null,
        );
    }

    /** @internal */
    public function json(): string
    {
        return Json::write(array_filter([
            'command' => self::NAME,
            'command_id' => $this->commandId,
            'ticket' => $this->ticket,
            'customer' => $this->customer,
            'package' => $this->package,
            'channel' => $this->channel,
            'message' => $this->message->document(),
            'severity' => $this->severity,
            'category' => $this->category,
            'direction' => $this->direction === Direction::Inbound ? null : $this->direction->value,
            'received_at' => Time::maybeText($this->receivedAt),
            'organization' => $this->organization,
        ], static fn (mixed $value): bool => $value !== null));
    }
}
