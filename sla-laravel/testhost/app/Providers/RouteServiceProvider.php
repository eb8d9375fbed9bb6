<?php

namespace App\Providers;

use App\Http\Controllers\DeskSignIn;
use App\Http\Controllers\SignIn;
use App\Http\Middleware\AskToSignIn;
use App\Support\PlayedClock;
use Illuminate\Foundation\Support\Providers\RouteServiceProvider as ServiceProvider;
use Illuminate\Support\Facades\Route;
use Sla\Laravel\Support\Clock;

class RouteServiceProvider extends ServiceProvider
{
    public function register(): void
    {
        parent::register();
        if (is_string($clock = env('TESTHOST_CLOCK'))) {
            // What time it was when the server was started, and when that was.
            [$base, $started] = array_map('intval', explode(',', $clock));
            $this->app->instance(Clock::class, new PlayedClock($base, $started, 1));
        }
    }

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
