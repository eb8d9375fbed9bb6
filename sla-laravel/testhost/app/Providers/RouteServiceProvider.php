<?php

namespace App\Providers;

use App\Http\Controllers\SignIn;
use Illuminate\Foundation\Support\Providers\RouteServiceProvider as ServiceProvider;
use Illuminate\Support\Facades\Route;

class RouteServiceProvider extends ServiceProvider
{
    public function map(): void
    {
        if (env('TESTHOST_SIGN_IN')) {
            Route::middleware('web')->get('sign-in/{user}', SignIn::class);
        }
    }
}
