<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Sla\Head;

/** The heads of chains in a file that is kept elsewhere: they show that the end of a chain was cut off, or a whole chain. */
final class Heads
{
    /** @var array<string, Head> those of the file, by kind and id */
    private array $kept = [];

    /** @var array<string, true> */
    private array $seen = [];

    /** @var list<Head> */
    private array $found = [];

    /**
     * Reads a file of heads; `null` for none.
     *
     * @throws \RuntimeException for another file
     */
    public static function of(?string $file): self
    {
        $heads = new self();
        $document = $file === null ? (object) ['heads' => []] : json_decode(is_file($file) ? (string) file_get_contents($file) : '');
        if (!is_array($document->heads ?? null)) {
            throw new \RuntimeException("`{$file}` is no file of heads");
        }
        foreach ($document->heads as $one) {
            $head = Head::fromJson(json_encode($one, JSON_THROW_ON_ERROR));
            $heads->kept["{$head->kind} {$head->id}"] = $head;
        }

        return $heads;
    }

    /**
     * Returns with what a chain is to be compared.
     *
     * @return list<Head>
     */
    public function pins(string $kind, string $id): array
    {
        $this->seen["{$kind} {$id}"] = true;

        return isset($this->kept["{$kind} {$id}"]) ? [$this->kept["{$kind} {$id}"]] : [];
    }

    public function found(?Head $head): void
    {
        if ($head !== null) {
            $this->found[] = $head;
        }
    }

    /** @return list<string> the chains of the file that were not looked at: they are no more */
    public function missing(): array
    {
        return array_keys(array_diff_key($this->kept, $this->seen));
    }

    /** @return list<Head> those of the chains that were looked at */
    public function all(): array
    {
        return $this->found;
    }
}
