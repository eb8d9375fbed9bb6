<?php

// What calls cost from PHP, beside what PHP's FFI costs by itself: SLA_LIBRARY=… php -d ffi.enable=1 benches/figures.php
// Each figure is the best of several rounds; only ratios within one run mean much.

declare(strict_types=1);

use Sla\Actor;
use Sla\Aggregate;
use Sla\AggregateRow;
use Sla\Audit;
use Sla\Column;
use Sla\Command;
use Sla\Dimension;
use Sla\Engine;
use Sla\Grouping;
use Sla\Head;
use Sla\History;
use Sla\LinkedDecision;
use Sla\Message;
use Sla\Native\Library;
use Sla\Opening;
use Sla\PeriodUnit;
use Sla\PauseStatus;
use Sla\Request;
use Sla\Ticket;
use Sla\Time;
use Sla\Tests\FpmHost;

require __DIR__ . '/../vendor/autoload.php';

/** Returns nanoseconds a call, the best of nine rounds. */
function cost(callable $rounds, int $calls): float
{
    $best = INF;
    for ($round = 0; $round < 9; $round++) {
        $start = hrtime(true);
        $rounds($calls);
        $best = min($best, (hrtime(true) - $start) / $calls);
    }

    return $best;
}

function show(string $what, float $ns, string $note = ''): void
{
    printf("%-62s %10s  %s\n", $what, $ns >= 1000 ? sprintf('%.1f us', $ns / 1000) : sprintf('%.0f ns', $ns), $note);
}

/** Compiles functions that do nothing, to know what a call of PHP's FFI costs. */
function peers(): FFI
{
    $name = sys_get_temp_dir() . '/sla-bench-' . getmypid();
    file_put_contents("{$name}.c", <<<'C'
        #include <stdint.h>
        int32_t out_only(int64_t *out) { *out = 1; return 0; }
        int32_t five(const void *on, int64_t one, int64_t other, int64_t *out, void **error) { *out = one + other; return 0; }
        int64_t three(const void *on, int64_t one, int64_t other) { return one + other; }
        C);
    exec('cc -O2 -shared -fPIC ' . escapeshellarg("{$name}.c") . ' -o ' . escapeshellarg("{$name}.so"), $said, $code);
    if ($code !== 0) {
        throw new RuntimeException('no C compiler');
    }
    $ffi = FFI::cdef('int32_t out_only(int64_t*);int32_t five(const void*,int64_t,int64_t,int64_t*,void**);int64_t three(const void*,int64_t,int64_t);', "{$name}.so");
    unlink("{$name}.c");
    unlink("{$name}.so");

    return $ffi;
}

/** A ticket of twenty events. */
function twenty(Engine $engine, DateTimeImmutable $now): Ticket
{
    $admin = Actor::admin('root');
    $opened = $engine->open(new Opening('T-1', 'kim', 'starter', 'email', Message::of('m', 'help')), Actor::customer('kim'), $now);
    [$ticket, $count] = [$opened->ticket, 1];
    $commands = [Command::assign('ana')];
    for ($each = 0; $each < 6; $each++) {
        array_push($commands, Command::reply('email', Message::of("m{$each}", 'x')), Command::pause(PauseStatus::Pending, 'waiting'), Command::resume());
    }
    foreach ($commands as $index => $command) {
        $decision = $engine->decide($ticket, $command, $admin, $now->modify("+{$index} minutes"));
        $ticket = $decision->ticket;
        $count += count($decision->events);
    }

    return $count === 20 ? $ticket : throw new RuntimeException("the ticket has {$count} events");
}

/**
 * The stored entries of a ticket of twenty events, and the last decision.
 *
 * @return array{list<string>, LinkedDecision}
 */
function stored(Engine $engine, DateTimeImmutable $now): array
{
    $admin = Actor::admin('root');
    $last = $engine->openLinked(new Opening('T-1', 'kim', 'starter', 'email', Message::of('m', 'help')), Actor::customer('kim'), $now, timeZone: 'UTC');
    $entries = $last->entries;
    $commands = [Command::assign('ana')];
    for ($each = 0; $each < 6; $each++) {
        array_push($commands, Command::reply('email', Message::of("m{$each}", 'x')), Command::pause(PauseStatus::Pending, 'waiting'), Command::resume());
    }
    foreach ($commands as $index => $command) {
        $last = $engine->decideLinked($last->ticket, $last->head, $command, $admin, $now->modify("+{$index} minutes"), null, 'UTC', $last->rows()?->state);
        array_push($entries, ...$last->entries);
    }

    return count($entries) === 20 ? [$entries, $last] : throw new RuntimeException('the ticket has ' . count($entries) . ' events');
}

/**
 * 5,137 rows as a table of figures has them: durations of four timers by agent, package and week, in their buckets.
 *
 * @return array{Grouping, list<AggregateRow>}
 */
function flatRows(int $startUs): array
{
    $grouping = Grouping::by(Dimension::Package, Dimension::Agent)->per(PeriodUnit::Week, 'Asia/Jakarta');
    $monday = $startUs - 9 * Time::HOUR;
    $rows = [];
    for ($number = 0; $number < 5_137; $number++) {
        $key = ['package' => ['starter', 'professional'][$number % 2], 'agent' => 'agent ' . $number % 25];
        $length = 61_000_000 + $number * 977_777;
        $timer = ['first_response', 'next_response', 'resolution', 'update'][$number % 4];
        $rows[] = new AggregateRow(['business_time', 'wall_time'][$number % 3 % 2], 1, $key, $monday, $timer, 1_500 + $number, intdiv($length, 1_000_000), $length % 1_000_000);
    }

    return [$grouping, $rows];
}

$policy = (string) file_get_contents(__DIR__ . '/../../examples/talkabiz.json');
$now = new DateTimeImmutable('2026-11-23T09:00:00+07:00');
$start = Time::toUs($now);
$engine = Engine::compile($policy);
$office = $engine->calendar('office');

echo 'PHP ', PHP_VERSION, ', ', Library::get()->file, "\n";
$peers = peers();
$place = $peers->new('int64_t');
$error = $peers->new('void*');
[$out, $fault, $on] = [FFI::addr($place), FFI::addr($error), FFI::addr($peers->new('int64_t', false))];
$outOnly = cost(static function (int $calls) use ($peers, $out): void {
    for ($each = 0; $each < $calls; $each++) {
        $peers->out_only($out);
    }
}, 300_000);
show('empty FFI call, one out parameter', $outOnly);
$outMade = cost(static function (int $calls) use ($peers): void {
    for ($each = 0; $each < $calls; $each++) {
        $place = $peers->new('int64_t');
        $peers->out_only(FFI::addr($place));
        $place->cdata;
    }
}, 300_000);
show('the same, its place made for the call and read', $outMade);
$three = cost(static function (int $calls) use ($peers, $on): void {
    for ($each = 0; $each < $calls; $each++) {
        $peers->three($on, $each, 5);
    }
}, 300_000);
show('empty FFI call, handle and two numbers, a number returned', $three);
$five = cost(static function (int $calls) use ($peers, $on, $out, $fault, $place): void {
    for ($each = 0; $each < $calls; $each++) {
        $peers->five($on, $each, 5, $out, $fault);
        $place->cdata;
    }
}, 300_000);
show('empty FFI call, handle, two numbers, two out parameters', $five);
$add = cost(static function (int $calls) use ($office, $start): void {
    for ($each = 0; $each < $calls; $each++) {
        $office->addUs($start + $each, 14_400_000_000);
    }
}, 300_000);
$times = array_map(static fn (float $empty): string => sprintf('%.2f', $add / $empty), [$outOnly, $outMade, $three, $five]);
show('Calendar::addUs', $add, 'x ' . implode(', x ', $times) . ' of these four');
show('Calendar::add with DateTimeImmutable', cost(static function (int $calls) use ($office, $now): void {
    for ($each = 0; $each < $calls; $each++) {
        $office->add($now, 14_400_000_000);
    }
}, 100_000));

$starts = $lengths = [];
for ($row = 0; $row < 100_000; $row++) {
    $starts[] = $start + $row * 61_000_000;
    $lengths[] = ($row % 480) * 60_000_000;
}
[$packedStarts, $packedLengths] = [Column::of($starts), Column::of($lengths)];
show('Calendar::addColumn, 100,000 rows, a row, packed', cost(static fn () => $office->addColumn($packedStarts, $packedLengths), 1) / 100_000);
show('Calendar::addColumn, 100,000 rows, a row, from and to arrays', cost(static fn () => $office->addColumn(Column::of($starts), Column::of($lengths))->values->values(), 1) / 100_000);

$ticket = twenty($engine, $now);
$later = $now->modify('+1 hour');
$reply = Command::reply('email', Message::of('m', 'x'));
$admin = Actor::admin('root');
show('Engine::decide on a ticket of 20 events', cost(static function (int $calls) use ($engine, $ticket, $reply, $admin, $later): void {
    for ($each = 0; $each < $calls; $each++) {
        $engine->decide($ticket, $reply, $admin, $later);
    }
}, 3_000));
$head = Head::of('ticket', 'T-1', 20, str_repeat('0', 64));
show('Engine::decideLinked on it, with entries, values and next instant', cost(static function (int $calls) use ($engine, $ticket, $head, $reply, $admin, $later): void {
    for ($each = 0; $each < $calls; $each++) {
        $engine->decideLinked($ticket, $head, $reply, $admin, $later)->values();
    }
}, 3_000));
$chunk = array_fill(0, 100, Request::dueEvents($ticket, $head));
show('Engine::batch of 100 such tickets, a ticket', cost(static function (int $calls) use ($engine, $chunk, $later): void {
    for ($each = 0; $each < $calls; $each++) {
        $engine->batch($chunk, $later);
    }
}, 30) / 100);
[$entries, $last] = stored($engine, $now);
$state = $last->rows()?->state;
foreach (['not read' => false, 'read' => true] as $how => $reads) {
    show("Engine::decideLinked on such a ticket, with rows, {$how}", cost(static function (int $calls) use ($engine, $last, $state, $reply, $admin, $later, $reads): void {
        for ($each = 0; $each < $calls; $each++) {
            $answer = $engine->decideLinked($last->ticket, $last->head, $reply, $admin, $later, null, 'UTC', $state);
            $answer->values();
            $reads && $answer->rows();
        }
    }, 3_000));
}
show('an explanation of 20 stored entries', cost(static function (int $calls) use ($engine, $entries, $later): void {
    for ($each = 0; $each < $calls; $each++) {
        $engine->explain(History::ofEntries($entries), 'first_response', $later);
    }
}, 1_000));
show('Audit::verifyEntries of 20 stored entries', cost(static function (int $calls) use ($entries): void {
    for ($each = 0; $each < $calls; $each++) {
        Audit::verifyEntries('ticket', 'T-1', $entries);
    }
}, 1_000));
show('Engine::evaluate on it', cost(static function (int $calls) use ($engine, $ticket, $later): void {
    for ($each = 0; $each < $calls; $each++) {
        $engine->evaluate($ticket, $later);
    }
}, 3_000));
[$grouping, $flat] = flatRows($start);
$sum = Aggregate::fromRows($grouping, $flat, $now);
$out = cost(static fn () => count($sum->rows()), 1);
$asDocument = cost(static fn () => count(json_decode($sum->json(), true)['rows']), 1);
show('Aggregate::rows, ' . count($flat) . ' rows', $out, sprintf('x %.2f of json() and json_decode', $out / $asDocument));
show('the same by json() and json_decode', $asDocument);
$in = cost(static fn () => Aggregate::fromRows($grouping, $flat, $now), 1);
$plain = json_decode($sum->json(), true);
$asDocument = cost(static fn () => Aggregate::fromJson((string) json_encode($plain)), 1);
show('Aggregate::fromRows of them', $in, sprintf('x %.2f of json_encode and fromJson', $in / $asDocument));
show('the same by json_encode and fromJson', $asDocument);
$revisions = array_map(static fn (int $version): string => str_replace('"version": 1', "\"version\": {$version}", $policy), range(1, 50));
$digests = Engine::compile($revisions)->info()->policyDigests;
show('Engine::known, 50 revisions', cost(static function (int $calls) use ($digests): void {
    for ($each = 0; $each < $calls; $each++) {
        Engine::known($digests);
    }
}, 3_000));
show('Engine::compile, known policy, 50 revisions', cost(static function (int $calls) use ($revisions): void {
    for ($each = 0; $each < $calls; $each++) {
        Engine::compile($revisions);
    }
}, 300));
show('Engine::compile, known policy', cost(static function (int $calls) use ($policy): void {
    for ($each = 0; $each < $calls; $each++) {
        Engine::compile($policy);
    }
}, 3_000));

foreach (['not preloaded' => ['true', false], 'preloaded' => ['preload', true]] as $name => [$enable, $isPreloaded]) {
    $host = new FpmHost($enable, $isPreloaded);
    $took = [];
    for ($request = 0; $request < 200; $request++) {
        $said = $host->ask('setup');
        $took[] = $said['library_ns'] + $said['engine_ns'];
    }
    unset($host);
    sort($took);
    show("request of php-fpm, {$name}: library and engine", $took[0], sprintf('median of 200: %.1f us', $took[100] / 1000));
}
