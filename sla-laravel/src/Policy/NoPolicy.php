<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy;

use Illuminate\Http\Request;
use Sla\Laravel\Http\Pages;
use Symfony\Component\HttpFoundation\Response;

/** No revision of the policy is published, so nothing can be decided. */
final class NoPolicy extends \RuntimeException
{
    public function __construct()
    {
        parent::__construct('no policy is published; run `php artisan db:seed --class=SlaDefinitionSeeder`, or publish a draft with `php artisan sla:publish`');
    }

    /** Answers a request. */
    public function render(Request $request): Response
    {
        return Pages::failed($request, 503, 'no policy is published');
    }
}
