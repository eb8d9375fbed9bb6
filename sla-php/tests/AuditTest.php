<?php

declare(strict_types=1);

namespace Sla\Tests;

use PHPUnit\Framework\TestCase;
use Sla\Actor;
use Sla\Audit;
use Sla\Exceptions\InvalidInput;
use Sla\Head;
use Sla\History;
use Sla\Ticket;

final class AuditTest extends TestCase
{
    public function test_a_chain_is_linked_kept_and_verified(): void
    {
        $engine = Desk::engine();
        $opened = Desk::opened($engine);
        $due = $engine->dueEvents($opened->ticket, Desk::monday(8));
        $first = Audit::link(null, $opened->events, Desk::monday());
        $stored = Head::fromJson($first->head->json());
        self::assertEquals($first->head, $stored);
        $second = Audit::link($stored, $due->events, Desk::monday(8));
        self::assertSame(['ticket', 'T-1', 5], [$second->head->kind, $second->head->id, $second->head->entries]);
        $entries = [...$first->entries, ...$second->entries];
        self::assertCount(5, $entries);
        $chain = Audit::chain('ticket', 'T-1', $entries);
        $sound = Audit::verify($chain, [$first->head, $second->head]);
        self::assertTrue($sound->isSound());
        self::assertEquals($second->head, $sound->head);
        self::assertSame([null, null], [$sound->tampering, $sound->index]);

        self::assertSame($due->ticket->json(), Ticket::of(History::ofEntries($entries))->json());
        $altered = Audit::verify(str_replace('"level":2', '"level":3', $chain));
        self::assertSame([false, 'altered', 4], [$altered->isSound(), $altered->tampering, $altered->index]);
        $cut = Audit::verify(Audit::chain('ticket', 'T-1', $first->entries), [$second->head]);
        self::assertSame([null, 'removed', 1], [$cut->head, $cut->tampering, $cut->index]);
        $file = Audit::pin([$second->head]);
        self::assertStringContainsString($second->head->hash, $file);
        self::assertEquals($cut, Audit::verify(Audit::chain('ticket', 'T-1', $first->entries), $file));
    }

    public function test_denied_access_is_logged(): void
    {
        $engine = Desk::engine();
        $refusal = $engine->authorize(Actor::customer('eve'), 'manage_users');
        $first = Audit::deny(null, 'access-2026', Actor::customer('eve'), $refusal, Desk::monday());
        $second = Audit::deny($first->head, 'access-2026', Actor::customer('eve'), $refusal, Desk::monday(1), 'T-1');
        $chain = Audit::chain('access', 'access-2026', [...$first->entries, ...$second->entries]);
        self::assertEquals($second->head, Audit::verify($chain)->head);
        self::assertSame('T-1', json_decode($second->entries[0])->ticket);
    }

    public function test_what_was_not_written_here_is_refused(): void
    {
        foreach (['', '[]', '{}', '{"kind":1}', 'null', '{"kind":"ticket","id":"T","entries":"5","hash":"x"}'] as $text) {
            try {
                Head::fromJson($text);
                self::fail($text);
            } catch (InvalidInput $fault) {
                self::assertSame('invalid_json', $fault->errorCode);
            }
        }
        foreach (['', '[]', '{"ticket":"T","seq":0,"at":"yesterday","actor":{"role":"god","id":"x"},"kind":"opened","policy_digest":""}'] as $text) {
            try {
                \Sla\Event::fromJson($text);
                self::fail($text);
            } catch (InvalidInput $fault) {
                self::assertSame('invalid_json', $fault->errorCode);
            }
        }
        $this->expectException(InvalidInput::class);
        Audit::verify('{"schema":"sla-chain/1"}');
    }
}
