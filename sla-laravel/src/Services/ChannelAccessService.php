<?php

declare(strict_types=1);

namespace Sla\Laravel\Services;

use Illuminate\Database\Eloquent\Builder;
use Sla\Actor;
use Sla\Laravel\Contracts\ResolvesPackage;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Models\SlaDenial;

/**
 * Which channels customers may use. It only answers: that a message by another channel is refused, for agents and
 * admins too, is the engine's decision on each command.
 */
final class ChannelAccessService
{
    public function __construct(private readonly Gateway $gateway, private readonly ResolvesPackage $packages)
    {
    }

    /** Returns whether a customer may use a channel now; `false` for unknown ones. */
    public function allows(string $customer, string $channel): bool
    {
        return array_key_exists($channel, $this->channelsOf($customer));
    }

    /**
     * Returns the channels of a customer's package.
     *
     * @return array<string, string> names by id
     */
    public function channelsOf(string $customer): array
    {
        $terms = $this->packages->termsOf($customer);

        return $terms === null ? [] : $this->channelsIn($terms->package);
    }

    /**
     * Returns the channels of a package, in the newest revision; none for a package that it does not have.
     *
     * @return array<string, string> names by id
     */
    public function channelsIn(string $package): array
    {
        return $this->gateway->channelsOf($package);
    }

    /**
     * Returns every channel of the newest revision.
     *
     * @return array<string, string> names by id
     */
    public function channels(): array
    {
        return $this->gateway->channels();
    }

    /** Returns what was refused, newest first: channels that a package does not include, and everything else. */
    public function denials(?Actor $actor = null): Builder
    {
        return SlaDenial::query()
            ->when($actor !== null, static fn (Builder $query): Builder => $query->where('actor_role', $actor->role->value)->where('actor_id', $actor->id))
            ->orderByDesc('at')
            ->orderByDesc('seq');
    }
}
