<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Contracts\Bus\Dispatcher;
use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Sla\Apply;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Http\Refusals;
use Sla\Laravel\Http\TicketDocument;
use Sla\Laravel\Jobs\AdoptRevision;
use Sla\Laravel\Models\SlaAdoption;
use Sla\Laravel\Models\SlaAdoptionRefusal;
use Sla\Laravel\Store\AdoptionStore;
use Symfony\Component\HttpFoundation\Response;

/** Open tickets that adopt the newest revision, in bulk, for admins. */
final class AdoptionController extends SlaController
{
    private const ACTION = 'manage_policy';
    private const LIST = 50;
    private const REFUSALS = 200;

    public function __construct(private readonly AdoptionStore $adoptions, private readonly Dispatcher $jobs)
    {
    }

    public function index(Request $request): Response
    {
        $denied = $this->denied($request, self::ACTION);
        if ($denied !== null) {
            return $denied;
        }
        $found = ['pending' => $this->adoptions->pending(), 'adoptions' => SlaAdoption::query()->withCount('refusals')->orderByDesc('id')->limit(self::LIST)->get()];

        return Pages::isWanted($request)
            ? Pages::view($request, 'admin.adoptions', $found + ['applies' => Apply::cases()])
            : new JsonResponse(['adoptions' => $found['adoptions']->map(self::document(...))->all()] + $found);
    }

    public function start(Request $request): Response
    {
        $denied = $this->denied($request, self::ACTION);
        if ($denied !== null) {
            return $denied;
        }
        $input = $this->input($request, ['apply' => 'required|string|in:keep,from_now,retroactive', 'reason' => 'required|string|max:10000']);
        $id = $this->adoptions->start($this->actor($request), Apply::from($input['apply']), $input['reason']);
        if (!is_int($id)) {
            return $id === null ? self::another($request) : $this->refused($request, $id);
        }
        $this->jobs->dispatch(new AdoptRevision($id));

        return $this->answer($request, $id, 201);
    }

    public function show(Request $request, string $adoption): Response
    {
        return $this->denied($request, self::ACTION) ?? $this->shown($request, (int) $adoption, 'admin.adoption');
    }

    /** Returns the part of the page that changes. */
    public function fragment(Request $request, string $adoption): Response
    {
        return $this->denied($request, self::ACTION) ?? $this->shown($request, (int) $adoption, 'admin.adoption-live');
    }

    public function stop(Request $request, string $adoption): Response
    {
        return $this->denied($request, self::ACTION) ?? $this->changed($request, (int) $adoption, fn (): bool => $this->adoptions->stop((int) $adoption));
    }

    /** Goes on with an adoption that was stopped, or whose process ended in the middle. */
    public function resume(Request $request, string $adoption): Response
    {
        return $this->denied($request, self::ACTION) ?? $this->changed($request, (int) $adoption, function () use ($adoption): bool {
            $isResumed = $this->adoptions->resume((int) $adoption) || in_array((int) $adoption, $this->adoptions->stalled(), true);
            if ($isResumed) {
                $this->jobs->dispatch(new AdoptRevision((int) $adoption));
            }

            return $isResumed;
        });
    }

    private static function another(Request $request): Response
    {
        return Refusals::response($request, 409, 'adoption_not_finished', 'another adoption is not finished', 'wait for it, or stop it', 'adopt_revision');
    }

    /** @param callable(): bool $change */
    private function changed(Request $request, int $id, callable $change): Response
    {
        $found = SlaAdoption::query()->find($id);
        if ($found === null) {
            return Pages::failed($request, 404, "there is no adoption {$id}");
        }
        if (!$change()) {
            return $found->status === 'stopped' ? self::another($request) : Refusals::response($request, 409, 'wrong_status', 'the adoption is ' . $found->status, 'one that runs can be stopped, one that was stopped can go on', 'adopt_revision');
        }

        return $this->answer($request, $id, 200);
    }

    private function answer(Request $request, int $id, int $status): Response
    {
        return Pages::isWanted($request)
            ? redirect()->route('sla.adoption', $id, 303)
            : new JsonResponse(['adoption' => self::document(SlaAdoption::query()->withCount('refusals')->findOrFail($id))], $status);
    }

    private function shown(Request $request, int $id, string $view): Response
    {
        $adoption = SlaAdoption::query()->withCount('refusals')->find($id);
        if ($adoption === null) {
            return Pages::failed($request, 404, "there is no adoption {$id}");
        }
        $after = (int) ($this->input($request, ['after' => 'nullable|integer|min:0'])['after'] ?? 0);
        $refusals = SlaAdoptionRefusal::query()->where('adoption_id', $id)->where('ticket_id', '>', $after)->orderBy('ticket_id')->limit(self::REFUSALS)->get();
        if (Pages::isWanted($request)) {
            return Pages::view($request, $view, [
                'adoption' => $adoption, 'refusals' => $refusals, 'isStalled' => in_array($id, $this->adoptions->stalled(), true),
                'next' => $refusals->count() === self::REFUSALS ? (int) $refusals->last()->ticket_id : null,
            ]);
        }

        return new JsonResponse([
            'adoption' => self::document($adoption),
            'refusals' => $refusals->map(static fn (SlaAdoptionRefusal $one): array => ['ticket' => (int) $one->ticket_id, 'code' => $one->code, 'message' => $one->message])->all(),
        ]);
    }

    /** @return array<string, mixed> */
    private static function document(SlaAdoption $adoption): array
    {
        return [
            'id' => (int) $adoption->id,
            'policy_digest' => $adoption->policy_digest,
            'apply' => $adoption->apply,
            'reason' => $adoption->reason,
            'started_by' => $adoption->started_by,
            'started_at' => TicketDocument::text($adoption->started_at),
            'finished_at' => TicketDocument::text($adoption->finished_at),
            'status' => $adoption->status,
            'tickets' => (int) $adoption->tickets,
            'looked' => (int) $adoption->looked,
            'refused' => (int) $adoption->refusals_count,
        ];
    }
}
