<?php

namespace App\Http\Middleware;

use Closure;
use Illuminate\Http\Request;
use Symfony\Component\HttpFoundation\Response;

/** Sends a guest of the desk to the page where they sign in. */
class AskToSignIn
{
    public function handle(Request $request, Closure $next): Response
    {
        return $request->user() === null && !$request->is('login') && !$request->is('sla-assets/*')
            ? redirect()->guest('/login')
            : $next($request);
    }
}
