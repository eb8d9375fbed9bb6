<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidInput;
use Sla\Native\Handle;
use Sla\Native\Library;
use Sla\Native\Unclonable;

/** Plays tickets again under a candidate policy. Its memory does not grow with the tickets. */
final class WhatIf
{
    use Unclonable;

    private readonly Library $library;
    private readonly Handle $handle;

    /** @param Engine $candidate its newest revision counts */
    public function __construct(Engine $engine, Engine $candidate)
    {
        $this->library = Library::get();
        $this->handle = $this->library->handle('what_if', InvalidInput::class, 'sla_what_if_new', $engine->pointer(), $candidate->pointer());
    }

    /** Adds a ticket as of an instant, and returns what changes. */
    public function add(History $history, \DateTimeInterface $now): Compared
    {
        $on = $history->json();

        return Compared::read(Json::read($this->library->text('sla_what_if_add', $this->handle->pointer, $on, strlen($on), Time::toUs($now)) ?? ''));
    }

    /** Returns the promises of all tickets so far, before and after. */
    public function comparison(): Comparison
    {
        return Comparison::read(Json::read($this->library->text('sla_what_if_comparison', $this->handle->pointer) ?? ''));
    }
}
