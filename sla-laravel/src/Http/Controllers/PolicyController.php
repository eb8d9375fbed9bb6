<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Illuminate\Validation\ValidationException;
use Sla\Apply;
use Sla\Exceptions\InvalidPolicy;
use Sla\Exceptions\Problem;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Http\Refusals;
use Sla\Laravel\Http\TicketDocument;
use Sla\Laravel\Models\PolicyRevision;
use Sla\Laravel\Policy\DraftForms;
use Sla\Laravel\Policy\DraftReview;
use Sla\Laravel\Policy\PolicyDraft;
use Sla\Laravel\Policy\PolicyPreview;
use Sla\Laravel\Policy\PolicyPublisher;
use Sla\Laravel\Policy\PolicyWhatIf;
use Symfony\Component\HttpFoundation\Response;

/** The policy, for admins: its draft with problems and warnings, a preview, publishing, and the revisions. */
final class PolicyController extends SlaController
{
    private const ACTION = 'manage_policy';
    /** A document of the engine has at most 127 levels, and this is one level of it. */
    private const DEPTH = 126;

    public function __construct(
        private readonly PolicyDraft $draft,
        private readonly PolicyPublisher $publisher,
        private readonly DraftReview $review,
    ) {
    }

    /** Shows the draft, what is wrong with it, and what it changes. */
    public function draft(Request $request, DraftForms $forms): Response
    {
        $denied = $this->denied($request, self::ACTION);
        if ($denied !== null) {
            return $denied;
        }
        $draft = $this->review->of();
        if (!Pages::isWanted($request)) {
            return new JsonResponse($draft);
        }
        $entries = [];
        foreach (DraftForms::WITH_ENTRIES as $part) {
            $entries[$part] = $forms->entries($part, $draft['document']);
        }

        return Pages::view($request, 'admin.definitions', $draft + ['entries' => $entries, 'revision' => PolicyRevision::query()->orderByDesc('version')->first()]);
    }

    public function package(Request $request, string $package): Response
    {
        return $this->denied($request, self::ACTION) ?? $this->written(function () use ($request, $package): void {
            self::checkId($package);
            $input = $this->input($request, [
                'name' => 'required|string|max:255',
                'rank' => 'required|integer|min:0|max:4294967295',
                'extends' => 'nullable|string|max:128',
                'channels' => 'nullable|array|required_without:extends',
                'channels.*' => 'string|max:128',
                'calendar' => 'nullable|string|max:128',
                'priority' => 'nullable|string|max:128',
                'first_response' => 'nullable|string|max:64',
                'resolution' => 'nullable|string|max:64',
                'other_targets' => 'nullable|array',
                'variants' => 'nullable|array',
            ]);
            $channels = isset($input['channels']) ? array_values($input['channels']) : null;
            $this->draft->package($package, ['rank' => (int) $input['rank'], 'channels' => $channels] + $input);
        });
    }

    public function removePackage(Request $request, string $package): Response
    {
        return $this->denied($request, self::ACTION) ?? $this->written(fn () => $this->draft->removePackage($package));
    }

    public function channel(Request $request, string $channel): Response
    {
        return $this->denied($request, self::ACTION) ?? $this->written(function () use ($request, $channel): void {
            self::checkId($channel);
            $input = $this->input($request, ['name' => 'required|string|max:255', 'position' => 'required|integer|min:0|max:65535']);
            $this->draft->channel($channel, $input['name'], (int) $input['position']);
        });
    }

    public function removeChannel(Request $request, string $channel): Response
    {
        return $this->denied($request, self::ACTION) ?? $this->written(fn () => $this->draft->removeChannel($channel));
    }

    /** Replaces another part of the draft: the body is that part, as the policy document has it. */
    public function setting(Request $request, string $key): Response
    {
        return $this->denied($request, self::ACTION) ?? $this->written(function () use ($request, $key): void {
            $document = json_decode((string) $request->getContent(), false, self::DEPTH);
            abort_unless(is_array($document) || is_object($document), 422, 'the body is no JSON object or list, or too deep');
            $this->draft->setting($key, $document, $this->actor($request)->id);
        });
    }

    /** Says what publishing would do to open tickets that adopt the draft. */
    public function preview(Request $request, PolicyPreview $preview): Response
    {
        $denied = $this->denied($request, self::ACTION);
        if ($denied !== null) {
            return $denied;
        }
        $input = $this->input($request, ['apply' => 'nullable|in:keep,from_now,retroactive']);
        try {
            $found = $preview->of($this->publisher->check(), Apply::from($input['apply'] ?? 'from_now'));

            return Pages::isWanted($request)
                ? Pages::view($request, 'admin.preview', $found + ['applies' => Apply::cases(), 'canBePublished' => $this->publisher->isChanged()])
                : new JsonResponse($found);
        } catch (InvalidPolicy $fault) {
            return $this->invalid($request, $fault);
        }
    }

    /** Says what the draft would have made of the tickets of the last days. */
    public function whatIf(Request $request, PolicyWhatIf $whatIf): Response
    {
        $denied = $this->denied($request, self::ACTION);
        if ($denied !== null) {
            return $denied;
        }
        $days = (int) ($this->input($request, ['days' => 'nullable|integer|min:1|max:366'])['days'] ?? PolicyWhatIf::DAYS);
        try {
            $found = $whatIf->of($this->publisher->check(), $days);

            return Pages::isWanted($request) ? Pages::view($request, 'admin.what-if', $found) : new JsonResponse($found);
        } catch (InvalidPolicy $fault) {
            return $this->invalid($request, $fault);
        }
    }

    public function publish(Request $request): Response
    {
        $denied = $this->denied($request, self::ACTION);
        if ($denied !== null) {
            return $denied;
        }
        $reason = (string) ($this->input($request, ['reason' => 'nullable|string|max:10000'])['reason'] ?? '');
        try {
            $published = $this->publisher->isChanged() ? $this->publisher->publish($this->actor($request), $reason) : null;
        } catch (InvalidPolicy $fault) {
            return $this->invalid($request, $fault);
        }
        if ($published?->refusal !== null) {
            return $this->refused($request, $published->refusal);
        }
        if ($published?->policyDigest === null) {
            return Refusals::response($request, 409, 'nothing_to_change', 'the draft is what is published', 'change the draft first', 'publish');
        }

        if (Pages::isWanted($request)) {
            return redirect()->route('sla.definitions', [], 303);
        }

        return new JsonResponse(['version' => $published->version, 'policy_digest' => $published->policyDigest, 'changes' => DraftReview::changes($published->changes)], 201);
    }

    /** Lists the revisions, newest first, with what each changed. */
    public function revisions(Request $request): Response
    {
        $denied = $this->denied($request, self::ACTION);
        if ($denied !== null) {
            return $denied;
        }
        $found = [
            'revisions' => PolicyRevision::query()->orderByDesc('version')->limit(100)->get()->map(static fn (PolicyRevision $row): array => [
                'version' => (int) $row->version,
                'policy_digest' => $row->policy_digest,
                'published_by' => $row->published_by,
                'published_at' => TicketDocument::text($row->published_at),
                'reason' => $row->reason,
                'changes' => json_decode($row->entry, true, 512, JSON_THROW_ON_ERROR)['changes'] ?? [],
            ])->all(),
        ];

        return Pages::isWanted($request) ? Pages::view($request, 'admin.revisions', $found) : new JsonResponse($found);
    }

    private function invalid(Request $request, InvalidPolicy $fault): Response
    {
        if (Pages::isWanted($request)) {
            // The problems stand there, each at its field.
            return redirect()->route('sla.definitions', [], 303);
        }

        return new JsonResponse(['message' => 'the draft has problems', 'problems' => self::problems($fault)], 422);
    }

    /** @throws ValidationException for an id that the tables cannot hold; what an id is made of, the engine judges */
    private static function checkId(string $id): void
    {
        if (strlen($id) > DraftForms::ID_BYTES || !mb_check_encoding($id, 'UTF-8') || str_contains($id, "\0")) {
            throw ValidationException::withMessages(['id' => __('sla::policy.faults.long')]);
        }
    }

    /** @param callable(): mixed $write */
    private function written(callable $write): Response
    {
        try {
            $this->draft->alone($write);
        } catch (\JsonException $fault) {
            // Of what was read from JSON only a number beyond all numbers cannot be written.
            abort(422, $fault->getMessage());
        }

        return new JsonResponse($this->review->of());
    }

    /** @return list<array<string, string>> */
    private static function problems(InvalidPolicy $fault): array
    {
        return array_map(static fn (Problem $one): array => ['code' => $one->errorCode, 'path' => $one->path, 'message' => $one->message, 'help' => $one->help], $fault->related);
    }
}
