<?php

declare(strict_types=1);

namespace Sla;

/** Who does something: a role, and the host's id of the person. */
final class Actor
{
    public function __construct(public readonly Role $role, public readonly string $id)
    {
    }

    public static function customer(string $id): self
    {
        return new self(Role::Customer, $id);
    }

    public static function agent(string $id): self
    {
        return new self(Role::Agent, $id);
    }

    public static function admin(string $id): self
    {
        return new self(Role::Admin, $id);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(Role::from($document->role), $document->id);
    }

    /** @internal */
    public function json(): string
    {
        return Json::write(['role' => $this->role->value, 'id' => $this->id]);
    }
}
