<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests;

use Sla\Actor;
use Sla\Laravel\Services\EscalationService;
use Sla\PauseStatus;

/** Tickets whose figures are known. */
trait PlaysTickets
{
    /** Plays tickets of two weeks, and leaves the clock on the first of the next month. */
    protected function play(): void
    {
        $root = Actor::admin('root');
        $ana = Actor::agent('ana');
        $bob = Actor::agent('bob');
        foreach (['kim' => 'starter', 'lee' => 'professional', 'max' => 'enterprise'] as $customer => $package) {
            $this->user($customer, 'customer', $package);
        }
        $this->clockAt('2026-11-19 10:00');
        $first = (int) $this->opened('kim', 'starter')->ticketId;
        self::assertSame(1, $first);
        $late = (int) $this->opened('max', 'enterprise', 'whatsapp')->ticketId;
        $this->clockAt('2026-11-19 10:40');
        $this->tickets()->assign($first, $root, 'ana');
        $this->tickets()->reply($first, $ana, 'email', 'We look into it.');
        $this->clockAt('2026-11-19 12:30');
        $this->monitor()->run();
        $this->tickets()->assign($late, $root, 'bob');
        $this->tickets()->reply($late, $bob, 'whatsapp', 'Sorry for the delay.');
        $this->clockAt('2026-11-20 09:00');
        $this->tickets()->pause($late, $bob, PauseStatus::Pending, 'a question');
        $this->tickets()->resolve($first, $ana, 'Solved.');
        $this->tickets()->rate($first, Actor::customer('kim'), 4);
        $this->clockAt('2026-11-23 08:10');
        $this->tickets()->customerMessage($late, Actor::customer('max'), 'whatsapp', 'Here it is.');
        $handed = (int) $this->opened('lee', 'professional', 'chat')->ticketId;
        $this->tickets()->assign($handed, $root, 'ana');
        $this->clockAt('2026-11-23 08:20');
        $this->tickets()->reply($handed, $ana, 'chat', 'One moment.');
        $this->app->make(EscalationService::class)->request($handed, Actor::customer('lee'), 'it is urgent', 'chat');
        $this->clockAt('2026-11-24 10:00');
        $this->monitor()->run();
        $this->tickets()->assign($handed, $root, 'bob');
        $this->tickets()->resolve($handed, $bob, 'Done.');
        $this->tickets()->rate($handed, Actor::customer('lee'), 2);
        $this->clockAt('2026-11-25 09:00');
        $withdrawn = (int) $this->opened('kim', 'starter', 'chat')->ticketId;
        $this->tickets()->withdraw($withdrawn, Actor::customer('kim'));
        $this->tickets()->customerMessage($handed, Actor::customer('lee'), 'chat', 'It is not.');
        $this->clockAt('2026-11-26 09:00');
        $this->monitor()->run();
        $this->tickets()->resolve($late, $bob, 'Solved.');
        $this->tickets()->resolve($handed, $bob, 'Now it is.');
        $this->opened('lee', 'professional', 'phone');
        $this->clockAt('2026-11-30 09:00');
        $this->monitor()->run();
        $this->opened('max', 'enterprise', 'email');
        $this->clockAt('2026-12-01 00:10');
        $this->monitor()->run();
    }
}
