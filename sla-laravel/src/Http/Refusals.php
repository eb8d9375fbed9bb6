<?php

declare(strict_types=1);

namespace Sla\Laravel\Http;

use Illuminate\Http\Request;
use Sla\Refusal;
use Symfony\Component\HttpFoundation\Response;

/** Refusals as answers of HTTP. */
final class Refusals
{
    private const STATUS = [
        'anonymous_actor' => 401,
        'role_not_permitted' => 403,
        'not_ticket_owner' => 403,
        'not_assigned_agent' => 403,
        'wrong_status' => 409,
        'duplicate_command' => 409,
        'escalation_not_open' => 409,
        'already_rated' => 409,
        'nothing_to_change' => 409,
        'time_went_back' => 409,
    ];

    private function __construct()
    {
    }

    public static function of(Request $request, Refusal $refusal): Response
    {
        return self::response($request, self::STATUS[$refusal->code] ?? 422, $refusal->code, $refusal->message, $refusal->accepted, $refusal->action);
    }

    public static function response(Request $request, int $status, string $code, string $message, string $accepted, ?string $action = null): Response
    {
        return response()->json([
            'message' => $message,
            // As Laravel's validation answers, for clients that read it.
            'errors' => [$code => ["{$message}; {$accepted}"]],
            'refusal' => array_filter(
                ['code' => $code, 'action' => $action, 'message' => $message, 'accepted' => $accepted],
                static fn (?string $value): bool => $value !== null,
            ),
        ], $status);
    }
}
