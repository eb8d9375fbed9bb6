<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests;

/** The table of commands of docs/commands.md. A test of the engine holds that table to what the engine does. */
final class CommandTable
{
    /** What hosts show, as the page states it in a sentence. */
    private const SHOWN = ['view_ticket', 'view_metrics', 'manage_policy', 'manage_users'];

    /** @var array<string, list<string>> the permitted, by command or action */
    private array $permitted = [];

    /** @var array<string, ?list<string>> statuses by command; `null` for any */
    private array $statuses = [];

    public function __construct()
    {
        $page = (string) file_get_contents(dirname(__DIR__, 2) . '/docs/commands.md');
        preg_match_all('/^\| `([a-z_]+)` \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$/m', $page, $rows, PREG_SET_ORDER);
        foreach ($rows as [, $command, , $statuses, $permitted]) {
            $statuses = explode(';', $statuses)[0];
            preg_match_all('/`([a-z_]+)`/', $statuses, $named);
            $this->statuses[$command] = match (true) {
                $named[1] !== [] => $named[1],
                $statuses === 'any that is not final' => ['new', 'open', 'pending', 'on_hold', 'resolved'],
                default => null,
            };
            $this->permitted[$command] = array_map('trim', explode(',', explode(';', $permitted)[0]));
        }
        foreach (self::SHOWN as $action) {
            if (preg_match("/`{$action}`(?: and\\s+`[a-z_]+`)? \\(([^)]*)\\)/", $page, $found) !== 1) {
                throw new \LogicException("docs/commands.md does not say who is permitted `{$action}`");
            }
            $this->permitted[$action] = array_map('trim', explode(',', $found[1]));
        }
    }

    /** @return list<string> */
    public function commands(): array
    {
        return array_keys($this->statuses);
    }

    /**
     * Returns whether an actor is permitted a command or an action.
     *
     * @param string               $role  customer, agent or admin
     * @param bool                 $isOwn whether the ticket is the customer's, or one on which the agent may act
     * @param array<string, mixed> $rules the role rules of the policy
     */
    public function permits(string $action, string $role, bool $isOwn, array $rules): bool
    {
        foreach ($this->permitted[$action] as $who) {
            if (preg_match('/^(.*) with `([a-z_]+)`$/', $who, $rule) === 1) {
                $who = ($rules[$rule[2]] ?? false) === true ? $rule[1] : 'nobody';
            }
            $isMeant = match ($who) {
                'admin' => $role === 'admin',
                'agent', 'any agent' => $role === 'agent',
                'assigned agent' => $role === 'agent' && $isOwn,
                'owner' => $role === 'customer' && $isOwn,
                'nobody' => false,
                default => throw new \LogicException("docs/commands.md permits `{$action}` to `{$who}`"),
            };
            if ($isMeant) {
                return true;
            }
        }

        return false;
    }

    public function accepts(string $command, string $status): bool
    {
        return $this->statuses[$command] === null || in_array($status, $this->statuses[$command], true);
    }
}
