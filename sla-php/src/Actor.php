<?php

declare(strict_types=1);

namespace Sla;

/**
 * Who does something: a role, and the host's id of the person. Events record these; `via` of an event names the team or
 * organization that permitted it.
 */
final class Actor
{
    /**
     * @param list<string> $teams        of an agent, at most 1,000; read where the policy's `agents_act_on` is `team`
     * @param ?string      $organization of a customer; read where the policy's organizations share their tickets
     */
    public function __construct(
        public readonly Role $role,
        public readonly string $id,
        public readonly array $teams = [],
        public readonly ?string $organization = null,
    ) {
    }

    public static function customer(string $id, ?string $organization = null): self
    {
        return new self(Role::Customer, $id, organization: $organization);
    }

    /** @param list<string> $teams */
    public static function agent(string $id, array $teams = []): self
    {
        return new self(Role::Agent, $id, $teams);
    }

    public static function admin(string $id): self
    {
        return new self(Role::Admin, $id);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(Role::from($document->role), $document->id, $document->teams ?? [], $document->organization ?? null);
    }

    /** @internal */
    public function json(): string
    {
        $who = ['role' => $this->role->value, 'id' => $this->id];
        if ($this->teams !== []) {
            $who['teams'] = $this->teams;
        }
        if ($this->organization !== null) {
            $who['organization'] = $this->organization;
        }

        return Json::write($who);
    }
}
