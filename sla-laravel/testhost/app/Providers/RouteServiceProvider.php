<?php

namespace App\Providers;

use App\Http\Controllers\DeskSignIn;
use App\Http\Controllers\SignIn;
use App\Http\Middleware\AskToSignIn;
use Illuminate\Foundation\Support\Providers\RouteServiceProvider as ServiceProvider;
use Illuminate\Support\Facades\Route;

class RouteServiceProvider extends ServiceProvider
{
    public function map(): void
    {
        if (env('TESTHOST_SIGN_IN')) {
            Route::middleware('web')->get('sign-in/{user}', SignIn::class);
        }
        if (env('TESTHOST_DESK')) {
            $this->app['router']->pushMiddlewareToGroup('web', AskToSignIn::class);
            Route::middleware('web')->group(static function (): void {
                Route::get('/', [DeskSignIn::class, 'home']);
                Route::get('login', [DeskSignIn::class, 'form']);
                Route::post('login', [DeskSignIn::class, 'signIn']);
            });
        }
    }
}
