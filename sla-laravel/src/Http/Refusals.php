<?php

declare(strict_types=1);

namespace Sla\Laravel\Http;

use Illuminate\Http\Request;
use Sla\Refusal;
use Sla\RefusalKind;
use Symfony\Component\HttpFoundation\Response;

/** Refusals as answers of HTTP. */
final class Refusals
{
    private function __construct()
    {
    }

    public static function of(Request $request, Refusal $refusal): Response
    {
        return self::response($request, self::statusOf($refusal->kind), $refusal->code, $refusal->message, $refusal->accepted, $refusal->action);
    }

    public static function statusOf(RefusalKind $kind): int
    {
        return match ($kind) {
            RefusalKind::Identity => 401,
            RefusalKind::Permission => 403,
            RefusalKind::State => 409,
            RefusalKind::Input => 422,
        };
    }

    public static function response(Request $request, int $status, string $code, string $message, string $accepted, ?string $action = null): Response
    {
        if (Pages::isWanted($request)) {
            // A form keeps what was typed, and says why it was refused.
            return !$request->isMethodSafe() && $status !== 401
                ? redirect()->back(303)->withInput()->withErrors([$code => "{$message}; {$accepted}"])
                : Pages::view($request, 'refused', ['message' => $message, 'accepted' => $accepted], $status);
        }

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
