<?php

namespace App\Http\Controllers;

use App\Models\User;
use Illuminate\Http\RedirectResponse;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Auth;
use Illuminate\View\View;

/** Signs in by mail address and password; the routes exist at the desk to try only. */
class DeskSignIn
{
    private const HOME = ['customer' => '/support/tickets', 'agent' => '/agent/dashboard', 'admin' => '/sla-dashboard'];

    public function home(Request $request): RedirectResponse
    {
        return redirect($this->homeOf($request->user()));
    }

    public function form(): View
    {
        return view('login');
    }

    public function signIn(Request $request): RedirectResponse
    {
        $given = $request->validate(['email' => 'required|string', 'password' => 'required|string']);
        if (!Auth::attempt($given)) {
            return back()->withErrors(['email' => 'No user has this address and password.']);
        }
        $request->session()->regenerate();

        return redirect()->intended($this->homeOf($request->user()));
    }

    private function homeOf(User $user): string
    {
        return self::HOME[$user->sla_role] ?? '/support/tickets';
    }
}
