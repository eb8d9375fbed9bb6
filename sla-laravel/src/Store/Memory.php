<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Tables;

/** What a process remembers between two runs, by name. */
final class Memory
{
    public function __construct(private readonly Tables $tables, private readonly Clock $clock)
    {
    }

    /**
     * Returns what was kept; nothing where nothing was.
     *
     * @return array<string, mixed>
     */
    public function of(string $name): array
    {
        $document = $this->tables->current('sla_memories')->where('name', $name)->value('document');

        return $document === null ? [] : json_decode($document, true, 512, JSON_THROW_ON_ERROR);
    }

    /** @param array<string, mixed> $document */
    public function keep(string $name, array $document): void
    {
        $row = ['document' => json_encode($document, JSON_THROW_ON_ERROR), 'updated_at' => $this->clock->nowUs()];
        $this->tables->table('sla_memories')->updateOrInsert(['name' => $name], $row);
    }

    public function forget(string $name): void
    {
        $this->tables->table('sla_memories')->where('name', $name)->delete();
    }
}
