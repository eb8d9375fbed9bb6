<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\Request;
use Illuminate\Support\Facades\Validator;
use Illuminate\Validation\ValidationException;
use Sla\Actor;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Http\Actors;
use Sla\Laravel\Http\Refusals;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
use Sla\Refusal;
use Symfony\Component\HttpFoundation\Response;

/** What the controllers of this package share. */
abstract class SlaController
{
    protected const TEXT = 100_000;

    protected function actor(Request $request): Actor
    {
        return Actors::of($request);
    }

    /**
     * Returns the answer to an actor whose role is not permitted an action; `null` where it is. The refusal stands in the
     * access log.
     *
     * @param ?int $ticket which the request is about
     */
    protected function denied(Request $request, string $action, ?int $ticket = null): ?Response
    {
        $actor = $this->actor($request);
        $refusal = app(Gateway::class)->authorize($actor, $action);
        if ($refusal === null) {
            return null;
        }
        $store = app(TicketStore::class);
        $store->deny($actor, $refusal, $ticket === null ? null : $store->find($ticket)?->reference, app(Clock::class)->nowUs());

        return $this->refused($request, $refusal);
    }

    protected function refused(Request $request, Refusal $refusal): Response
    {
        return Refusals::of($request, $refusal);
    }

    /**
     * Reads fields of a request. What a command means is for the engine to judge; here is only whether they are texts.
     *
     * @param array<string, string|list<string>> $rules
     *
     * @return array<string, mixed>
     *
     * @throws ValidationException
     */
    protected function input(Request $request, array $rules): array
    {
        $input = array_intersect_key($request->all(), $rules);
        foreach ($input as $field => $value) {
            // A database refuses these, and nothing is lost by refusing them first.
            if (is_string($value) && (!mb_check_encoding($value, 'UTF-8') || str_contains($value, "\0"))) {
                throw ValidationException::withMessages([$field => 'the text is not UTF-8, or holds a NUL']);
            }
        }

        return Validator::make($input, $rules)->validate();
    }

    /**
     * Returns the header `Idempotency-Key`, or what a form has in its place; `null` where there is none.
     *
     * @throws ValidationException
     */
    protected function commandId(Request $request): ?string
    {
        $key = $request->header('Idempotency-Key') ?? $request->input('_command_id');
        if ($key === null) {
            return null;
        }
        Validator::make(['Idempotency-Key' => $key], ['Idempotency-Key' => ['required', 'string', 'max:100', 'regex:/\A[\x21-\x7e]+\z/']])->validate();

        return (string) $key;
    }

    /** Reads an instant; one without offset is local time of `sla.time_zone`. */
    protected function instant(?string $text): ?\DateTimeImmutable
    {
        return $text === null ? null : new \DateTimeImmutable($text, new \DateTimeZone(app(Settings::class)->timeZone()));
    }
}
