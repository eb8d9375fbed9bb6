<?php

// A help desk in plain PHP: a ticket is opened, forgotten, warned of, breached, escalated and answered. Everything is in
// SQLite; time is played, so that a day passes at once.
//
//   composer -d sla-php dump-autoload && cargo build --release -p sla-ffi
//   SLA_LIBRARY=target/release/libsla.so php -d ffi.enable=1 examples/php/main.php [database file]

declare(strict_types=1);

use Sla\Actor;
use Sla\Audit;
use Sla\Command;
use Sla\Engine;
use Sla\Exceptions\SlaThrowable;
use Sla\History;
use Sla\Message;
use Sla\Opening;

$autoload = __DIR__ . '/../../sla-php/vendor/autoload.php';
if (!is_file($autoload)) {
    fwrite(STDERR, "run `composer -d sla-php dump-autoload` first\n");
    exit(2);
}
require $autoload;
require __DIR__ . '/Store.php';
require __DIR__ . '/Desk.php';

$say = static function (string $line): void {
    echo $line, "\n";
};
$file = $argv[1] ?? ':memory:';
$at = static fn (string $time): DateTimeImmutable => new DateTimeImmutable("2026-11-23T{$time}:00+07:00");

try {
    $engine = Engine::compile((string) file_get_contents(__DIR__ . '/../talkabiz.json'));
    $store = new Store($file);
    $desk = new Desk($engine, $store, $say);

    $kim = Actor::customer('kim');
    $opening = static fn (string $ticket, string $channel): Opening => new Opening($ticket, 'kim', 'starter', $channel, Message::of('mail-1', 'Nothing works.'));
    $desk->open($opening('T-1', 'whatsapp'), $kim, $at('09:00'));
    $desk->open($opening('T-1', 'email'), $kim, $at('09:00'));
    $desk->open($opening('T-2', 'email'), $kim, $at('09:30'));
    $desk->act('T-2', Command::reply('email', Message::of('mail-2', 'On it.')), Actor::admin('dispatch'), $at('10:00'));

    // The monitor sleeps until the next instant at which anything can happen; here it jumps there.
    $noon = $at('16:30');
    while (($next = $store->nextCheckAt()) !== null && $next <= $noon) {
        $desk->monitor($next);
    }
    $desk->act('T-1', Command::assign('ana'), Actor::admin('dispatch'), $noon);
    $desk->act('T-1', Command::reply('email', Message::of('mail-3', 'Sorry!')), Actor::agent('ana'), $noon);

    foreach (['T-1', 'T-2'] as $id) {
        $timer = $engine->evaluate($store->ticket($id)[0], $noon)->timer('first_response');
        $say(sprintf('%s: first response %s, due %s UTC', $id, $timer->state->value, $timer->dueAt()->format('H:i:s')));
        $say("{$id}: " . (Audit::verifyEntries('ticket', $id, $store->entries($id))->isSound() ? count($store->entries($id)) . ' entries, nothing was tampered with' : 'TAMPERED WITH'));
    }
    foreach ($store->classes() as [$day, $timer, $class, $count]) {
        $say("{$day}  {$timer}: {$count} {$class}");
    }
    $history = History::ofEntries($store->entries('T-1'));
    echo $engine->explain($history, 'first_response', $noon)->text;
    $say(count($store->denials()) . ' refusal on record, ' . (Audit::verifyEntries('access', 'desk', $store->denials())->isSound() ? 'sound' : 'TAMPERED WITH'));
} catch (SlaThrowable | DomainException $fault) {
    fwrite(STDERR, $fault->getMessage() . "\n");
    exit(1);
}
