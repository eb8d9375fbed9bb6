<?php

declare(strict_types=1);

namespace Sla\Laravel\Services;

use Illuminate\Database\Eloquent\Builder;
use Sla\Actor;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Models\SupportTicket;
use Sla\Refusal;
use Sla\Visible;

/** The tickets that a list may show: exactly those that may be seen one by one. */
final class VisibleTicketQuery
{
    public function __construct(private readonly Gateway $gateway)
    {
    }

    public function of(Actor $actor): Builder|Refusal
    {
        $visible = $this->gateway->visibleTickets($actor);
        if ($visible instanceof Refusal) {
            return $visible;
        }
        $named = [];
        foreach ($visible->under as $under) {
            array_push($named, ...$under->policyDigests);
        }

        return SupportTicket::query()->where(static function (Builder $query) use ($visible, $named): void {
            $query->where(static function (Builder $query) use ($visible, $named): void {
                if ($named !== []) {
                    $query->whereNotIn('policy_digest', $named);
                }
                $query->where(static fn (Builder $query) => self::add($query, $visible->tickets));
            });
            foreach ($visible->under as $under) {
                $query->orWhere(static function (Builder $query) use ($under): void {
                    $query->whereIn('policy_digest', $under->policyDigests)->where(static fn (Builder $query) => self::add($query, $under->tickets));
                });
            }
        });
    }

    /** Leaves of some rows those of visible tickets; `$column` has the ticket. Who may see every ticket gets all of them. */
    public function among(Builder $rows, string $column, Actor $actor): Builder|Refusal
    {
        $visible = $this->gateway->visibleTickets($actor);
        if ($visible instanceof Refusal) {
            return $visible;
        }
        // A search in all tickets would answer the same, and cost what they are.
        $isEverything = $visible->tickets->everything && array_filter($visible->under, static fn ($under): bool => !$under->tickets->everything) === [];
        $tickets = $isEverything ? null : $this->of($actor);

        return $tickets instanceof Builder ? $rows->whereIn($column, $tickets->select('id')) : $tickets ?? $rows;
    }

    private static function add(Builder $query, Visible $visible): void
    {
        if ($visible->everything) {
            return;
        }
        // Where no property is stated, no ticket is shown.
        $query->whereRaw('1 = 0');
        foreach (['customer', 'organization', 'agent'] as $column) {
            if ($visible->{$column} !== null) {
                $query->orWhere($column, $visible->{$column});
            }
        }
        if ($visible->teams !== []) {
            $query->orWhereIn('team', $visible->teams);
        }
    }
}
