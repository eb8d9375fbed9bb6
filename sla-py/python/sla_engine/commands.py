"""Commands on tickets; docs/commands.md says which roles may give them, and in which status.

A command with a ``command_id`` is safe to repeat: the second time it adds no event.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from .documents import Actor, Apply, Direction, Document, Message, PauseStatus, RefusedRow, require_aware


class Command(Document, frozen=True, kw_only=True, omit_defaults=True, tag_field="command"):
    """A command on a ticket."""

    command_id: str | None = None
    """The host's id of the command."""


class Open(Command, frozen=True, kw_only=True, omit_defaults=True, tag="open"):
    """Open a ticket."""

    ticket: str
    customer: str
    package: str
    channel: str
    message: Message
    severity: str | None = None
    category: str | None = None
    direction: Direction = "inbound"
    """Who writes first; outbound where an agent or admin opens the ticket by writing to the customer."""
    received_at: datetime | None = None
    """When the message of an inbound ticket was received, if before the command."""
    organization: str | None = None
    """The customer's organization; customers name only their own."""

    def __post_init__(self) -> None:
        require_aware(self.received_at)
        # A default is left out of a document only if it is the same object.
        if self.direction == "inbound":
            msgspec.structs.force_setattr(self, "direction", "inbound")


class Assign(Command, frozen=True, omit_defaults=True, tag="assign"):
    """Assign the ticket to an agent or admin, to a team, or to both.

    An agent alone leaves the team; another team alone takes the ticket from its agent.
    """

    agent: str | None = None
    team: str | None = None


class Unassign(Command, frozen=True, omit_defaults=True, tag="unassign"):
    """Take the ticket from its agent; team and status stay."""

    reason: str


class Reply(Command, frozen=True, omit_defaults=True, tag="reply"):
    """Reply publicly."""

    channel: str
    message: Message
    automatic: bool = False
    """Whether the host's automation writes, as an admin: then it stops and starts no timer."""


class Absorb(Command, frozen=True, kw_only=True, omit_defaults=True, tag="absorb"):
    """Take over a duplicate, which the host voids."""

    ticket: str
    """The other ticket."""
    waiting_since: datetime | None = None
    """What the other ticket's `voided` event says; None where nobody waits there."""
    reason: str

    def __post_init__(self) -> None:
        require_aware(self.waiting_since)


class Note(Command, frozen=True, omit_defaults=True, tag="note"):
    """Add an internal note."""

    message: Message


class CustomerMessage(Command, frozen=True, omit_defaults=True, tag="customer_message"):
    """Record a message of the customer."""

    channel: str
    message: Message
    received_at: datetime | None = None
    """When it was received, if before the command."""

    def __post_init__(self) -> None:
        require_aware(self.received_at)


class Pause(Command, frozen=True, omit_defaults=True, tag="pause"):
    """Wait for the customer or a third party."""

    status: PauseStatus
    reason: str
    until: datetime | None = None
    """When the pause ends automatically, if no limit of the policy ends it earlier."""

    def __post_init__(self) -> None:
        require_aware(self.until)


class Resume(Command, frozen=True, omit_defaults=True, tag="resume"):
    """Resume a paused ticket."""


class Resolve(Command, frozen=True, omit_defaults=True, tag="resolve"):
    """Resolve the ticket with a public message."""

    message: Message


class Reopen(Command, frozen=True, kw_only=True, omit_defaults=True, tag="reopen"):
    """Reopen a resolved ticket: a customer names the channel, others a reason."""

    channel: str | None = None
    reason: str | None = None


class Close(Command, frozen=True, omit_defaults=True, tag="close"):
    """Close a resolved ticket finally."""


class Withdraw(Command, frozen=True, omit_defaults=True, tag="withdraw"):
    """Withdraw the ticket."""


class Void(Command, frozen=True, omit_defaults=True, tag="void"):
    """Declare the ticket void."""

    reason: str
    duplicate_of: str | None = None


class RequestEscalation(Command, frozen=True, omit_defaults=True, tag="request_escalation"):
    """Request an escalation; a customer names the channel."""

    reason: str
    channel: str | None = None


class AcknowledgeEscalation(Command, frozen=True, omit_defaults=True, tag="acknowledge_escalation"):
    """Acknowledge an escalation by its number within the ticket, from 1."""

    number: int


class ResolveEscalation(Command, frozen=True, omit_defaults=True, tag="resolve_escalation"):
    """Resolve an escalation by its number within the ticket, from 1."""

    number: int


class Rate(Command, frozen=True, omit_defaults=True, tag="rate"):
    """Rate the resolution, from 1 (worst) to 5 (best)."""

    score: int


class ChangePackage(Command, frozen=True, kw_only=True, omit_defaults=True, tag="change_package"):
    """Change the ticket's package."""

    package: str
    apply: Apply
    reason: str


class AdoptRevision(Command, frozen=True, kw_only=True, omit_defaults=True, tag="adopt_revision"):
    """Adopt another revision of the policy, by its digest."""

    policy_digest: str
    apply: Apply
    reason: str


class Classify(Command, frozen=True, kw_only=True, omit_defaults=True, tag="classify"):
    """Set severity and category."""

    severity: str | None = None
    category: str | None = None
    apply: Apply
    reason: str


class RecordedCommand(Document, frozen=True):
    """A command that another system recorded, with its actor and instant."""

    at: datetime
    actor: Actor
    command: (
        Open
        | Assign
        | Unassign
        | Reply
        | Note
        | CustomerMessage
        | Absorb
        | Pause
        | Resume
        | Resolve
        | Reopen
        | Close
        | Withdraw
        | Void
        | RequestEscalation
        | AcknowledgeEscalation
        | ResolveEscalation
        | Rate
        | ChangePackage
        | AdoptRevision
        | Classify
    )

    def __post_init__(self) -> None:
        require_aware(self.at)


class TicketCommands(Document, frozen=True):
    """The commands of one ticket of a log."""

    ticket: str
    rows: tuple[int, ...]
    """The number of the row that each command comes from."""
    recorded: tuple[RecordedCommand, ...]
    """The opening and the commands after it, oldest first: the argument of `Engine.import_history`."""


class LogCommands(Document, frozen=True):
    """The commands of a log."""

    tickets: tuple[TicketCommands, ...]
    """The tickets that can be opened, by id."""
    refused: tuple[RefusedRow, ...]
    """The rows that are left out, or not taken as a whole."""
