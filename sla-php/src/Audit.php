<?php

declare(strict_types=1);

namespace Sla;

use Sla\Native\Library;

/**
 * Chains of entries in which nothing can be altered, removed, inserted or reordered unnoticed. docs/audit.md says what
 * is hashed and what a chain cannot prove.
 */
final class Audit
{
    private function __construct()
    {
    }

    /**
     * Makes entries of a ticket's events.
     *
     * @param ?Head           $head       where the chain stands; `null` to begin it
     * @param iterable<Event> $events     those that follow
     * @param \DateTimeInterface $detectedAt when the host writes them down; not hashed
     */
    public static function link(?Head $head, iterable $events, \DateTimeInterface $detectedAt): Linked
    {
        $list = History::listOf($events);
        [$entries, $next] = Library::get()->texts('sla_audit_link', $head?->json(), strlen($head?->json() ?? ''), $list, strlen($list), Time::toUs($detectedAt));

        return self::linked(Json::read($entries ?? ''), $next);
    }

    /**
     * Makes an entry of a refusal, for a log of denied access.
     *
     * @param ?Head   $head   where the log stands; `null` to begin it
     * @param string  $log    the log's id
     * @param ?string $ticket the id of the ticket it was about
     */
    public static function deny(?Head $head, string $log, Actor $actor, Refusal $refusal, \DateTimeInterface $now, ?string $ticket = null): Linked
    {
        $texts = [$head?->json(), $log, $actor->json(), $ticket, $refusal->json()];
        $arguments = [];
        foreach ($texts as $text) {
            array_push($arguments, $text, strlen($text ?? ''));
        }
        [$entry, $next] = Library::get()->texts('sla_audit_deny', ...[...$arguments, Time::toUs($now)]);

        return self::linked([Json::read($entry ?? '')], $next);
    }

    /**
     * Writes entries as a chain, the document that verifiers read.
     *
     * @param string           $kind    `ticket`, `access` or `policy`
     * @param iterable<string> $entries
     */
    public static function chain(string $kind, string $id, iterable $entries): string
    {
        $list = Json::list($entries);

        return Library::get()->text('sla_audit_chain', $kind, strlen($kind), $id, strlen($id), $list, strlen($list)) ?? '';
    }

    /**
     * Checks a whole chain.
     *
     * @param string                     $chain the document
     * @param string|iterable<Head>|null $pins  what `pin` wrote, or heads, that were kept elsewhere: they show a cut-off
     *                                          or wholly rewritten chain
     */
    public static function verify(string $chain, string|iterable|null $pins = null): Verification
    {
        $kept = is_iterable($pins) ? self::pin($pins) : $pins;
        [$head, $tampering] = Library::get()->texts('sla_audit_verify', $chain, strlen($chain), $kept, strlen($kept ?? ''));
        $found = $tampering === null ? null : Json::read($tampering);

        return new Verification($head === null ? null : Head::fromJson($head), $found?->kind, $found?->index);
    }

    /**
     * Checks stored entries as they are, without making a chain of them first.
     *
     * @param string                     $kind    `ticket`, `access` or `policy`
     * @param iterable<string>           $entries
     * @param string|iterable<Head>|null $pins    as for `verify`
     */
    public static function verifyEntries(string $kind, string $id, iterable $entries, string|iterable|null $pins = null): Verification
    {
        $names = substr(Json::write(['schema' => 'sla-chain/1', 'kind' => $kind, 'id' => $id]), 0, -1);

        return self::verify($names . ',"entries":' . Json::list($entries) . '}', $pins);
    }

    /**
     * Writes heads as a small file to keep where the host's operators cannot write.
     *
     * @param iterable<Head> $heads
     */
    public static function pin(iterable $heads): string
    {
        $texts = [];
        foreach ($heads as $head) {
            $texts[] = $head->json();
        }
        $list = Json::list($texts);

        return Library::get()->text('sla_audit_pin', $list, strlen($list)) ?? '';
    }

    /** @param list<\stdClass> $entries */
    private static function linked(array $entries, ?string $head): Linked
    {
        return new Linked(array_map(Json::write(...), $entries), Head::fromJson($head ?? ''));
    }
}
