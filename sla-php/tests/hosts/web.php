<?php

// A page of a web host: what a request says in `QUERY_STRING` happens in a worker of php-fpm.

declare(strict_types=1);

use Sla\Actor;
use Sla\Calendar;
use Sla\Engine;
use Sla\Exceptions\SlaThrowable;
use Sla\Message;
use Sla\Native\Library;
use Sla\Opening;
use Sla\Policy;
use Sla\Time;

$began = hrtime(true);
require __DIR__ . '/../../vendor/autoload.php';
header('Content-Type: application/json');
$policy = (string) file_get_contents(__DIR__ . '/../../../examples/talkabiz.json');
$now = new DateTimeImmutable('2026-11-23T09:00:00+07:00');
$said = ['pid' => getmypid()];
try {
    switch ($_GET['do'] ?? '') {
        case 'open':
            $engine = Engine::compile($policy);
            $decision = $engine->open(new Opening('T-1', 'c-7', 'starter', 'email', Message::of('m', 'help')), Actor::customer('c-7'), $now);
            $said += ['kind' => $decision->events[0]->kind, 'hits' => Library::get()->engineCache()->hits, 'file' => Library::get()->file];
            break;
        case 'calendar':
            $said['end'] = Time::toText(Engine::compile($policy)->calendar('office')->add($now, 4 * Time::HOUR));
            break;
        case 'setup':
            class_exists(Library::class);
            $start = hrtime(true);
            $library = Library::get();
            $loaded = hrtime(true);
            Engine::compile($policy);
            $said += ['library_ns' => $loaded - $start, 'engine_ns' => hrtime(true) - $loaded, 'request_ns' => hrtime(true) - $began];
            break;
        case 'bad-policy':
            Engine::compile('{"schema": "sla-policy/2"}');
            break;
        case 'bad-calendar':
            Calendar::compile("\0");
            break;
        case 'null-handle':
            Library::get()->text('sla_engine_evaluate', null, '{}', 2, 0);
            break;
        case 'panic':
            Policy::fromJson('test-panic');
            break;
    }
} catch (SlaThrowable $fault) {
    $said += ['fault' => (new ReflectionClass($fault))->getShortName(), 'code' => $fault->errorCode];
}
echo json_encode($said);
