<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Middleware;

use Closure;
use Illuminate\Http\Request;
use Sla\Laravel\Contracts\ResolvesActor;
use Sla\Laravel\Http\Actors;
use Sla\Laravel\Http\Refusals;
use Symfony\Component\HttpFoundation\Response;

/** Resolves who acts: 401 for a guest, 403 for a user without a role. */
final class SlaActor
{
    public function __construct(private readonly ResolvesActor $actors)
    {
    }

    public function handle(Request $request, Closure $next): Response
    {
        $user = $request->user();
        if ($user === null) {
            return Refusals::response($request, 401, 'anonymous_actor', 'the request has no signed-in user', 'sign in');
        }
        $actor = $this->actors->actorOf($user);
        if ($actor === null) {
            return Refusals::response($request, 403, 'role_not_permitted', 'this user has no role', 'ask an admin for the role customer, agent or admin');
        }
        $request->attributes->set(Actors::ATTRIBUTE, $actor);

        return $next($request);
    }
}
