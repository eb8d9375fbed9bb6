<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Sla\Exceptions\SlaThrowable;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Support\HealthToken;
use Sla\Native\Library;

/** Says to `sla:doctor` what the web's PHP sees; to others it is not there. */
final class HealthController
{
    public function show(Request $request, HealthToken $tokens, Gateway $gateway): JsonResponse
    {
        abort_unless($tokens->isValid($request->headers->get(HealthToken::HEADER, '')), 404);
        $seen = ['php' => PHP_VERSION, 'sapi' => PHP_SAPI, 'library' => null, 'file' => null, 'revision' => null, 'fault' => null];
        try {
            $library = Library::get();
            $seen = ['library' => $library->version(), 'file' => $library->file] + $seen;
            $seen['revision'] = $gateway->engine()->info()->policyDigest;
        } catch (SlaThrowable | \FFI\Exception $fault) {
            $seen['fault'] = $fault->getMessage();
        }

        return new JsonResponse($seen, 200, ['Cache-Control' => 'no-store']);
    }
}
