<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidArgument;
use Sla\Exceptions\InvalidInput;
use Sla\Exceptions\InvalidPolicy;
use Sla\Native\Handle;
use Sla\Native\Library;
use Sla\Native\Unclonable;

/**
 * A compiled policy with all its revisions: it decides what happens on tickets. Nothing else makes events.
 *
 * Compile it in every request: the process keeps what it compiled, and the same text gives the same engine in
 * microseconds.
 */
final class Engine
{
    use Unclonable;

    /** @var array<string, int> */
    private array $packages = [];

    /** @var array<string, int> */
    private array $channels = [];

    private ?Policy $policy = null;

    private function __construct(private readonly Library $library, private readonly Handle $handle, private readonly ?Zones $zones = null)
    {
    }

    /**
     * Compiles a policy, or finds what this process compiled from the same text before.
     *
     * @param string|Policy|list<string|Policy> $revisions a policy, or the revisions of one policy, oldest first: new
     *                                                     tickets open under the last one, a ticket stays under its own
     * @param ?Zones                            $zones     an engine with zones of the host is compiled each time
     *
     * @throws InvalidPolicy with every problem in `related`
     */
    public static function compile(string|Policy|array $revisions, ?Zones $zones = null): self
    {
        $text = static fn (string|Policy $revision): string => $revision instanceof Policy ? $revision->json() : $revision;
        $json = is_array($revisions) ? Json::list(array_map($text, $revisions)) : $text($revisions);
        $library = Library::get();

        return new self($library, $library->handle('engine', InvalidPolicy::class, 'sla_engine_compile', $json, strlen($json), $zones?->pointer()), $zones);
    }

    /**
     * Returns the same engine with tables of its own, still empty, that hold at most that many bytes over all calendars.
     *
     * Without it they hold at most 64 MiB. Beyond a limit the answers are the same, but take time in proportion to the days
     * that they span.
     *
     * @throws InvalidArgument `out_of_range` for a negative number
     */
    public function withTableLimit(int $bytes): self
    {
        if ($bytes < 0) {
            throw InvalidArgument::of('out_of_range', "{$bytes} bytes are out of range", 'pass 0 or more');
        }

        return new self($this->library, $this->library->handle('engine', InvalidInput::class, 'sla_engine_with_table_limit', $this->pointer(), $bytes), $this->zones);
    }

    /** Returns how many bytes the tables of its calendars may hold. */
    public function tableLimit(): int
    {
        return $this->library->tables('sla_engine_tables', $this->pointer())[0];
    }

    /** Returns how many bytes the tables of its calendars hold. */
    public function tableBytes(): int
    {
        return $this->library->tables('sla_engine_tables', $this->pointer())[1];
    }

    /**
     * Returns the engine of revisions with these digests that this process compiled before, so that a request need not read
     * and pass their documents; `null` where there is none.
     *
     * @param list<string> $digests of the revisions, oldest first
     */
    public static function known(array $digests): ?self
    {
        $library = Library::get();
        $text = implode('', $digests);
        $handle = $library->maybeHandle('engine', 'sla_engine_known', $text, strlen($text));

        return $handle === null ? null : new self($library, $handle);
    }

    /**
     * Returns the engine of revisions with these digests: the one that this process knows, or else one compiled from the
     * documents.
     *
     * @param list<string>                              $digests of the revisions, oldest first
     * @param callable(list<string>): list<string|Policy> $load    returns their documents, in the same order
     *
     * @throws InvalidPolicy
     * @throws InvalidArgument `unknown_revision` when the documents have other digests
     */
    public static function ofRevisions(array $digests, callable $load): self
    {
        $known = self::known($digests);
        if ($known !== null) {
            return $known;
        }
        $engine = self::compile($load($digests));
        if ($engine->info()->policyDigests !== $digests) {
            throw InvalidArgument::of('unknown_revision', 'the documents are not the revisions with the digests ' . implode(', ', $digests), 'load a document for each digest, in the same order');
        }

        return $engine;
    }

    /**
     * Returns an engine that knows one more revision of the policy: one that was published since, or an older one that a
     * ticket is under. What is compiled already is shared; the revision is placed by its `version`.
     *
     * @param ?Zones $zones `null` for those that this engine was compiled with
     *
     * @throws InvalidPolicy
     */
    public function withRevision(string|Policy $revision, ?Zones $zones = null): self
    {
        $json = $revision instanceof Policy ? $revision->json() : $revision;
        $zones ??= $this->zones;

        return new self($this->library, $this->library->handle('engine', InvalidPolicy::class, 'sla_engine_with_revision', $this->pointer(), $json, strlen($json), $zones?->pointer()), $zones);
    }

    /** Returns the newest revision of the policy. */
    public function policy(): Policy
    {
        return $this->policy ??= Policy::checked($this->library->policyText('sla_engine_policy', $this->pointer()), $this->zones);
    }

    /** Returns which policy this is. */
    public function info(): EngineInfo
    {
        return EngineInfo::read(Json::read($this->library->policyText('sla_engine_info', $this->pointer())));
    }

    /**
     * Returns a calendar of the newest revision. It stays usable without the engine.
     *
     * @throws InvalidInput `unknown_calendar`
     */
    public function calendar(string $id): Calendar
    {
        return new Calendar($this->library, $this->library->handle('calendar', InvalidInput::class, 'sla_engine_calendar', $this->pointer(), $id, strlen($id)));
    }

    /**
     * Returns whether a package includes a channel, in the newest revision.
     *
     * @throws InvalidInput `unknown_package`, `unknown_channel`
     */
    public function entitles(string $package, string $channel): bool
    {
        $package = $this->packages[$package] ??= $this->library->number('int32_t', 'sla_engine_package', $this->pointer(), $package, strlen($package));
        $channel = $this->channels[$channel] ??= $this->library->number('int32_t', 'sla_engine_channel', $this->pointer(), $channel, strlen($channel));

        return $this->library->number('int32_t', 'sla_engine_entitles', $this->pointer(), $package, $channel) === 1;
    }

    /**
     * Returns why an actor may not do something, without doing it; `null` when they may.
     *
     * @param string $action a command, or `view_ticket`, `view_metrics`, `manage_policy`, `manage_users`
     *
     * @throws InvalidInput `unknown_action`
     */
    public function authorize(Actor $actor, string $action, Ticket|History|null $ticket = null): ?Refusal
    {
        $who = $actor->json();
        $on = $ticket?->json();
        $text = $this->library->text('sla_engine_authorize', $this->pointer(), $who, strlen($who), $action, strlen($action), $on, strlen($on ?? ''));

        return $text === null ? null : Refusal::read(Json::read($text));
    }

    /**
     * Returns which tickets a list may show to an actor: those for which `authorize` permits `view_ticket`; its refusal for
     * an actor who may see none.
     */
    public function visibleTickets(Actor $actor): VisibleTickets|Refusal
    {
        $who = $actor->json();
        [$visible, $refusal] = $this->library->texts('sla_engine_visible_tickets', $this->pointer(), $who, strlen($who));

        return $visible === null ? Refusal::read(Json::read($refusal ?? '')) : VisibleTickets::read(Json::read($visible));
    }

    /** Decides whether a ticket is opened. */
    public function open(Opening $opening, Actor $actor, \DateTimeInterface $now): Decision
    {
        $command = $opening->json();
        $who = $actor->json();

        return Decision::read($this->library->step('sla_engine_open', $this->pointer(), $command, strlen($command), $who, strlen($who), Time::toUs($now)));
    }

    /**
     * Decides a command on a ticket. What is due by now comes first, in the same list of events.
     *
     * Only a history will do where the command adopts a revision that measures a timer which the ticket's revision does
     * not measure; a ticket is refused then (`history_needed`).
     *
     * @throws InvalidInput the ticket cannot be read, or is under a revision that this engine does not have
     */
    public function decide(Ticket|History $ticket, Command $command, Actor $actor, \DateTimeInterface $now): Decision
    {
        $on = $ticket->json();
        $what = $command->json();
        $who = $actor->json();

        return Decision::read($this->library->step('sla_engine_decide', $this->pointer(), $on, strlen($on), $what, strlen($what), $who, strlen($who), Time::toUs($now)));
    }

    /** Returns the automatic events that are due by now: steps, breaches, ends of pauses. Store them. */
    public function dueEvents(Ticket|History $ticket, \DateTimeInterface $now): DueEvents
    {
        $on = $ticket->json();

        return DueEvents::read($this->library->step('sla_engine_due_events', $this->pointer(), $on, strlen($on), Time::toUs($now)));
    }

    /**
     * Decides whether a ticket is opened, and begins its chain: the answer is what to store.
     *
     * @param ?\DateTimeInterface $detectedAt when the host writes it down; `null` for `$now`
     * @param ?string             $timeZone   the zone of the periods of `LinkedDecision::rows`; `null` for no rows
     */
    public function openLinked(Opening $opening, Actor $actor, \DateTimeInterface $now, ?\DateTimeInterface $detectedAt = null, ?string $timeZone = null): LinkedDecision
    {
        $command = $opening->json();
        $who = $actor->json();

        return LinkedDecision::read($this->library->step('sla_engine_open_linked', $this->pointer(), $command, strlen($command), $who, strlen($who), Time::toUs($now), self::maybeUs($detectedAt), $timeZone, strlen($timeZone ?? '')));
    }

    /**
     * Decides a command on a ticket, and links its events to the ticket's chain: the answer is what to store.
     *
     * @param Head                $head       where the ticket's chain stands
     * @param ?\DateTimeInterface $detectedAt when the host writes it down; `null` for `$now`
     * @param ?string             $timeZone   the zone of the periods of `LinkedDecision::rows`; `null` for no rows
     * @param ?string             $rowState   for rows: the state of those before, as it was stored (`TicketRows::$state`)
     *
     * @throws InvalidInput as `decide`; `invalid_history` when the head or the row state is not that of the ticket
     */
    public function decideLinked(Ticket|History $ticket, Head $head, Command $command, Actor $actor, \DateTimeInterface $now, ?\DateTimeInterface $detectedAt = null, ?string $timeZone = null, ?string $rowState = null): LinkedDecision
    {
        $on = $ticket->json();
        $stands = $head->json();
        $what = $command->json();
        $who = $actor->json();

        return LinkedDecision::read($this->library->step('sla_engine_decide_linked', $this->pointer(), $on, strlen($on), $stands, strlen($stands), $what, strlen($what), $who, strlen($who), Time::toUs($now), self::maybeUs($detectedAt), $timeZone, strlen($timeZone ?? ''), $rowState, strlen($rowState ?? '')));
    }

    /**
     * Returns the automatic events that are due by now, linked to the ticket's chain.
     *
     * @throws InvalidInput as `decideLinked`
     */
    public function dueEventsLinked(Ticket|History $ticket, Head $head, \DateTimeInterface $now, ?\DateTimeInterface $detectedAt = null, ?string $timeZone = null, ?string $rowState = null): LinkedDecision
    {
        $on = $ticket->json();
        $stands = $head->json();

        return LinkedDecision::read($this->library->step('sla_engine_due_events_linked', $this->pointer(), $on, strlen($on), $stands, strlen($stands), Time::toUs($now), self::maybeUs($detectedAt), $timeZone, strlen($timeZone ?? ''), $rowState, strlen($rowState ?? '')));
    }

    /**
     * Decides on many tickets in one call. The fault of one does not stop the others: it is in its place.
     *
     * @template K of array-key
     *
     * @param array<K, Request> $requests
     * @param ?string           $timeZone the zone of the periods of `LinkedDecision::rows`; `null` for no rows
     *
     * @return array<K, LinkedDecision|InvalidInput> under the keys of the requests
     */
    public function batch(array $requests, \DateTimeInterface $now, ?\DateTimeInterface $detectedAt = null, ?string $timeZone = null): array
    {
        $texts = [];
        foreach ($requests as $key => $request) {
            array_push($texts, ...self::request($key, $request)->texts());
        }
        $answers = $this->library->answers($this->pointer(), implode('', $texts), array_map(strlen(...), $texts), Time::toUs($now), self::maybeUs($detectedAt), $timeZone);

        return array_combine(array_keys($requests), LinkedDecision::readAll($answers));
    }

    /**
     * Returns rows of a ticket for the tables of a database; a row replaces the earlier row of its key.
     *
     * With a history: the rows of its events after the row state, all of them without one. With a ticket and its row state:
     * the rows that change with the instant alone, so that a report counts what is open as of now.
     *
     * @param string  $timeZone the zone of the periods, for example `Asia/Jakarta`
     * @param ?string $rowState the state that was stored with the ticket (`TicketRows::$state`)
     *
     * @throws InvalidInput `invalid_history` when the row state is not that of the ticket; `unknown_time_zone`
     */
    public function ticketRows(Ticket|History $ticket, \DateTimeInterface $now, string $timeZone, ?string $rowState = null): TicketRows
    {
        $on = $ticket->json();
        $rows = $this->library->text('sla_engine_ticket_rows', $this->pointer(), $on, strlen($on), $rowState, strlen($rowState ?? ''), Time::toUs($now), $timeZone, strlen($timeZone));

        return TicketRows::ofLines($rows ?? '');
    }

    /** Returns a ticket as values, for the columns of a database. */
    public function ticketValues(Ticket|History $ticket): TicketValues
    {
        $on = $ticket->json();

        return TicketValues::read(Json::read($this->library->text('sla_engine_ticket_values', $this->pointer(), $on, strlen($on)) ?? ''));
    }

    /**
     * Says where a ticket stands as of an instant. Nothing is changed.
     *
     * @throws InvalidInput `time_went_back` for an instant before the ticket's last event
     */
    public function evaluate(Ticket|History $ticket, \DateTimeInterface $now): Evaluation
    {
        $on = $ticket->json();

        return Evaluation::read(Json::read($this->library->text('sla_engine_evaluate', $this->pointer(), $on, strlen($on), Time::toUs($now)) ?? ''));
    }

    /** Returns when the next automatic event of a ticket can come; `null` for never. */
    public function nextCheckAt(Ticket|History $ticket): ?\DateTimeImmutable
    {
        $at = $this->nextCheckAtUs($ticket);

        return $at === null ? null : Time::fromUs($at);
    }

    /** Returns the same in microseconds since 1970-01-01T00:00:00Z, for a column of integers. */
    public function nextCheckAtUs(Ticket|History $ticket): ?int
    {
        $on = $ticket->json();
        $at = $this->library->number('int64_t', 'sla_engine_next_check_at', $this->pointer(), $on, strlen($on));

        return $at === Library::NONE ? null : $at;
    }

    /**
     * Makes the history of a ticket from what another system recorded. Every command is judged at its own instant.
     *
     * @param list<RecordedCommand> $recorded oldest first; the first one an opening
     */
    public function import(array $recorded): Import
    {
        $list = Json::list(array_map(static fn (RecordedCommand $one): string => $one->json(), $recorded));

        return Import::read($this->library->step('sla_engine_import', $this->pointer(), $list, strlen($list)));
    }

    /**
     * Makes the histories of a log of another system. Every row is judged at its own instant; automatic events come in place.
     *
     * @param iterable<mixed>                    $rows   as for `Log::commands`
     * @param array<array-key, Meaning|LogState> $states what each state means, when rows are states
     * @param ?\DateTimeInterface                $now    rows later than this are left out
     *
     * @throws InvalidInput `unknown_field` for a field that no row has
     */
    public function importLog(iterable $rows, array $states = [], ?\DateTimeInterface $now = null): LogImport
    {
        $log = Log::document($rows, $states);

        return LogImport::read($this->library->text('sla_engine_import_log', $this->pointer(), $log, strlen($log), self::maybeUs($now)) ?? '');
    }

    /**
     * Verifies a history by playing its commands again: the rules must make every event as it is recorded. A chain
     * (`Audit::verify`) proves that nothing was changed since it was linked, this proves that the rules made it.
     *
     * @param ?Ticket $snapshot a stored state that must be the fold of the first events of the history
     *
     * @throws InvalidInput `unknown_revision` when an event is under a revision that the engine was not compiled with
     */
    public function verify(History $history, ?Ticket $snapshot = null): HistoryVerification
    {
        $on = $history->json();
        $stored = $snapshot?->json();
        $text = $this->library->text('sla_engine_verify', $this->pointer(), $on, strlen($on), $stored, strlen($stored ?? ''));

        return HistoryVerification::read(Json::read($text ?? ''));
    }

    /**
     * Says what would happen if tickets adopted the newest revision. Nothing is changed.
     *
     * @param iterable<Ticket|History> $tickets a revision that measures a timer which the ticket's own did not needs the
     *     history (`history_needed`)
     */
    public function dryRun(iterable $tickets, Apply $apply, \DateTimeInterface $now): DryRun
    {
        $texts = [];
        foreach ($tickets as $ticket) {
            $texts[] = $ticket->json();
        }
        $list = Json::list($texts);
        $text = $this->library->text('sla_engine_dry_run', $this->pointer(), $list, strlen($list), $apply->value, strlen($apply->value), Time::toUs($now));

        return DryRun::read(Json::read($text ?? ''));
    }

    /**
     * Returns how fast the error budget of each objective burns, from counts that a database keeps: the condition of an
     * alert, without a watch that remembers events.
     *
     * @param array<string, list<array{int, int, int}>> $counts by timer: an instant in microseconds, how many cycles were met
     *                                                          or breached then, and how many of them breached
     *
     * @return list<BurnRate>
     */
    public function burns(array $counts, \DateTimeInterface $now): array
    {
        $document = [];
        foreach ($counts as $timer => $instants) {
            $document[$timer] = [];
            foreach ($instants as $counted) {
                [$atUs, $decided, $breached] = self::counted($timer, $counted);
                $document[$timer][] = ['at_us' => $atUs, 'decided' => $decided, 'breached' => $breached];
            }
        }
        $document = Json::write((object) $document);
        $text = $this->library->text('sla_engine_burns', $this->pointer(), $document, strlen($document), Time::toUs($now));

        return Json::each(BurnRate::read(...), Json::read($text ?? '[]'));
    }

    /**
     * Explains a deadline, to the microsecond.
     *
     * @param ?int $cycle from 1; `null` for the latest
     *
     * @throws InvalidInput `unknown_timer` when the timer has no such cycle on this ticket
     */
    public function explain(History $history, string $timer, \DateTimeInterface $now, ?int $cycle = null): Explanation
    {
        if ($cycle !== null && ($cycle < 1 || $cycle > 0xFFFF_FFFF)) {
            throw InvalidArgument::of('out_of_range', "there is no cycle {$cycle}", 'cycles count from 1');
        }
        $on = $history->json();
        $text = $this->library->text('sla_engine_explain', $this->pointer(), $on, strlen($on), $timer, strlen($timer), $cycle ?? 0, Time::toUs($now));

        return Explanation::read(Json::read($text ?? ''));
    }

    /** Books every microsecond of a ticket since its opening. */
    public function ledger(History $history, \DateTimeInterface $now): Ledger
    {
        $on = $history->json();

        return Ledger::read(Json::read($this->library->text('sla_engine_ledger', $this->pointer(), $on, strlen($on), Time::toUs($now)) ?? ''));
    }

    private static function maybeUs(?\DateTimeInterface $at): int
    {
        return $at === null ? Library::NONE : Time::toUs($at);
    }

    /** @internal */
    public function pointer(): \FFI\CData
    {
        return $this->handle->pointer;
    }

    private static function request(int|string $key, mixed $request): Request
    {
        return $request instanceof Request ? $request : throw InvalidArgument::of('wrong_type', "request `{$key}` is no `Request`, but " . get_debug_type($request), 'pass `Request::command(...)` or `Request::dueEvents(...)`');
    }

    /** @return array{mixed, mixed, mixed} */
    private static function counted(int|string $timer, mixed $counted): array
    {
        return is_array($counted) && count($counted) === 3 && isset($counted[0], $counted[1], $counted[2]) ? [$counted[0], $counted[1], $counted[2]] : throw InvalidArgument::of('wrong_type', "a count of `{$timer}` is no list of three numbers", 'pass [instant in microseconds, decided, breached]');
    }
}
