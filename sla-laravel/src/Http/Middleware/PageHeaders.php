<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Middleware;

use Closure;
use Illuminate\Http\Request;
use Symfony\Component\HttpFoundation\Response;

/** Lets pages load nothing but their own style and script, run nothing inline, and be in no frame. */
final class PageHeaders
{
    private const POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    public function handle(Request $request, Closure $next): Response
    {
        $response = $next($request);
        $response->headers->set('Content-Security-Policy', self::POLICY);
        $response->headers->set('X-Content-Type-Options', 'nosniff');
        $response->headers->set('Referrer-Policy', 'same-origin');
        if (!$response->headers->has('Cache-Control') || $response->headers->hasCacheControlDirective('private')) {
            $response->headers->set('Cache-Control', 'no-store, private');
        }

        return $response;
    }
}
