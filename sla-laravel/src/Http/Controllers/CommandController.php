<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Sla\Actor;
use Sla\Apply;
use Sla\Exceptions\InvalidInput;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Http\Refusals;
use Sla\Laravel\Http\TicketDocument;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Services\SupportTicketService;
use Sla\Laravel\Store\Outcome;
use Sla\PauseStatus;
use Sla\Role;
use Symfony\Component\HttpFoundation\Response;

/** Commands on a ticket, by the names of the engine. Who may give which one, the engine decides. */
final class CommandController extends SlaController
{
    /** The fields of each command. */
    private const RULES = [
        'assign' => ['agent' => 'nullable|string|max:128', 'team' => 'nullable|string|max:128'],
        'unassign' => ['reason' => 'nullable|string|max:10000'],
        'reply' => ['channel' => 'required|string|max:128', 'message' => 'required|string|max:' . self::TEXT],
        'note' => ['message' => 'required|string|max:' . self::TEXT],
        'customer_message' => ['channel' => 'required|string|max:128', 'message' => 'required|string|max:' . self::TEXT],
        'pause' => ['status' => 'required|in:pending,on_hold', 'reason' => 'nullable|string|max:10000', 'until' => 'nullable|date'],
        'resume' => [],
        'resolve' => ['message' => 'required|string|max:' . self::TEXT],
        'reopen' => ['channel' => 'nullable|string|max:128', 'reason' => 'nullable|string|max:10000'],
        'close' => [],
        'withdraw' => [],
        'void' => ['reason' => 'nullable|string|max:10000', 'duplicate_of' => 'nullable|integer|min:1'],
        'absorb' => ['ticket' => 'required|integer|min:1', 'reason' => 'nullable|string|max:10000'],
        'request_escalation' => ['reason' => 'nullable|string|max:10000', 'channel' => 'nullable|string|max:128'],
        'acknowledge_escalation' => ['number' => 'required|integer|min:1|max:4294967295'],
        'resolve_escalation' => ['number' => 'required|integer|min:1|max:4294967295'],
        'rate' => ['score' => 'required|integer|min:0|max:255'],
        'change_package' => ['package' => 'required|string|max:128', 'apply' => 'required|in:keep,from_now,retroactive', 'reason' => 'nullable|string|max:10000'],
        'adopt_revision' => ['policy_digest' => 'required|string|size:64', 'apply' => 'required|in:keep,from_now,retroactive', 'reason' => 'nullable|string|max:10000'],
        'classify' => [
            'severity' => 'nullable|string|max:128',
            'category' => 'nullable|string|max:128',
            'apply' => 'required|in:keep,from_now,retroactive',
            'reason' => 'nullable|string|max:10000',
        ],
    ];

    public function __construct(private readonly SupportTicketService $tickets, private readonly EscalationService $escalations)
    {
    }

    /** @return list<string> the commands that a request can give */
    public static function commands(): array
    {
        return array_keys(self::RULES);
    }

    public function act(Request $request, int $ticket, string $command): Response
    {
        return $this->run($request, $ticket, $command);
    }

    /** Adds what a customer writes, or answers as an agent or admin. */
    public function respond(Request $request, int $ticket): Response
    {
        return $this->run($request, $ticket, $this->actor($request)->role === Role::Customer ? 'customer_message' : 'reply');
    }

    public function escalate(Request $request, int $ticket): Response
    {
        return $this->run($request, $ticket, 'request_escalation');
    }

    public function rate(Request $request, int $ticket): Response
    {
        return $this->run($request, $ticket, 'rate');
    }

    private function run(Request $request, int $ticket, string $command): Response
    {
        $input = $this->input($request, self::RULES[$command]);
        try {
            $outcome = $this->give($command, $ticket, $this->actor($request), $input + array_fill_keys(array_keys(self::RULES[$command]), null), $this->commandId($request));
        } catch (InvalidInput $fault) {
            // A field that the engine cannot read, for example a digest that is none.
            return Refusals::response($request, 422, $fault->errorCode, $fault->getMessage(), $fault->help, $command);
        }
        if ($outcome->refusal !== null) {
            return $this->refused($request, $outcome->refusal);
        }

        if (Pages::isWanted($request)) {
            // A form says from which list it is sent.
            return $request->input('_list') === 'escalations' ? redirect()->route('sla.escalations', [], 303) : redirect()->route('sla.ticket', $ticket, 303);
        }

        return new JsonResponse([
            'ticket' => TicketDocument::row(SupportTicket::query()->findOrFail($ticket)),
            'events' => array_map(static fn ($event): array => ['seq' => $event->seq, 'kind' => $event->kind], $outcome->events),
        ]);
    }

    /** @param array<string, mixed> $input */
    private function give(string $command, int $id, Actor $actor, array $input, ?string $commandId): Outcome
    {
        // A reason that is missing is for the engine to refuse, so that the refusal is on record.
        $reason = (string) ($input['reason'] ?? '');
        $apply = isset($input['apply']) ? Apply::from($input['apply']) : Apply::Keep;

        return match ($command) {
            'assign' => $this->tickets->assign($id, $actor, $input['agent'], $input['team'], $commandId),
            'unassign' => $this->tickets->unassign($id, $actor, $reason, $commandId),
            'reply' => $this->tickets->reply($id, $actor, $input['channel'], $input['message'], false, $commandId),
            'note' => $this->tickets->note($id, $actor, $input['message'], $commandId),
            'customer_message' => $this->tickets->customerMessage($id, $actor, $input['channel'], $input['message'], null, $commandId),
            'pause' => $this->tickets->pause($id, $actor, PauseStatus::from($input['status']), $reason, $this->instant($input['until']), $commandId),
            'resume' => $this->tickets->resume($id, $actor, $commandId),
            'resolve' => $this->tickets->resolve($id, $actor, $input['message'], $commandId),
            'reopen' => $this->tickets->reopen($id, $actor, $input['channel'], $input['reason'], $commandId),
            'close' => $this->tickets->close($id, $actor, $commandId),
            'withdraw' => $this->tickets->withdraw($id, $actor, $commandId),
            'void' => $this->tickets->void($id, $actor, $reason, $input['duplicate_of'] === null ? null : (int) $input['duplicate_of'], $commandId),
            'absorb' => $this->tickets->absorb($id, $actor, (int) $input['ticket'], $reason, $commandId),
            'request_escalation' => $this->escalations->request($id, $actor, $reason, $input['channel'], $commandId),
            'acknowledge_escalation' => $this->escalations->acknowledge($id, (int) $input['number'], $actor, $commandId),
            'resolve_escalation' => $this->escalations->resolve($id, (int) $input['number'], $actor, $commandId),
            'rate' => $this->tickets->rate($id, $actor, (int) $input['score'], $commandId),
            'change_package' => $this->tickets->changePackage($id, $actor, $input['package'], $apply, $reason, $commandId),
            'adopt_revision' => $this->tickets->adoptRevision($id, $actor, $input['policy_digest'], $apply, $reason, $commandId),
            'classify' => $this->tickets->classify($id, $actor, $input['severity'], $input['category'], $apply, $reason, $commandId),
            default => throw new \LogicException("a command `{$command}` without method"),
        };
    }
}
