<?php

declare(strict_types=1);

namespace Sla\Tests;

use PHPUnit\Framework\TestCase;
use Sla\Engine;
use Sla\Exceptions\InvalidPolicy;
use Sla\Exceptions\Problem;
use Sla\Policy;
use Sla\Warning;
use Sla\Zones;

/** The problems, the warnings and the values of tests/vectors/policy-*.json. */
final class PolicyTest extends TestCase
{
    /** Fewer cases than these mean that rows were lost. */
    private const LEAST_PROBLEMS = 92;
    private const LEAST_WARNINGS = 53;
    private const LEAST_VALUES = 10;

    public function test_problems_are_those_of_the_vectors(): void
    {
        $compared = 0;
        foreach (self::cases('policy-problems') as $name => [$document, $case]) {
            $problems = $case->problems ?? [];
            $code = $case->error ?? ($problems === [] ? '' : 'invalid_policy');
            try {
                $policy = Policy::fromJson($document);
                self::assertSame('', $code, $name);
                self::assertSame($policy->json(), Policy::fromJson($policy->json())->json(), $name);
            } catch (InvalidPolicy $fault) {
                self::assertSame($code, $fault->errorCode, $name);
                self::assertSame($problems, array_map(static fn (Problem $one): array => [$one->path, $one->errorCode], $fault->related), $name);
            }
            $compared++;
        }
        self::assertGreaterThanOrEqual(self::LEAST_PROBLEMS, $compared);
    }

    public function test_a_draft_and_the_place_of_a_problem(): void
    {
        $policy = Policy::fromJson(Desk::policy());
        self::assertTrue($policy->sameRulesAs(Policy::fromJson(str_replace('"version": 1', '"version": 2', Desk::policy()))));
        self::assertFalse($policy->sameRulesAs(Policy::fromJson(str_replace('"resolution": "24h"', '"resolution": "20h"', Desk::policy()))));
        $place = Policy::placeIn(str_replace('"24h"', '"soon"', Desk::policy()), '/packages/0/targets/resolution');
        self::assertSame(['package', 'starter', 0, 'targets/resolution'], [$place->kind, $place->id, $place->index, $place->field]);
        self::assertSame(['policy', null, null, 'version'], [($other = Policy::placeIn('{}', '/version'))->kind, $other->id, $other->index, $other->field]);
        $this->expectException(InvalidPolicy::class);
        Policy::placeIn('{', '/version');
    }

    public function test_warnings_are_those_of_the_vectors(): void
    {
        $compared = 0;
        foreach (self::cases('policy-warnings') as $name => [$document, $case]) {
            $found = Policy::fromJson($document)->lint(new \DateTimeImmutable($case->as_of ?? '2026-03-02T00:00:00Z'));
            self::assertSame($case->warnings, array_map(static fn (Warning $one): array => [$one->path, $one->code], $found), $name);
            $compared++;
        }
        self::assertGreaterThanOrEqual(self::LEAST_WARNINGS, $compared);
    }

    public function test_the_policy_of_an_engine_knows_its_zones(): void
    {
        $zones = new Zones();
        $zones->add('Mars/Base', (string) file_get_contents('/usr/share/zoneinfo/Asia/Jakarta'), 'of the host');
        $document = str_replace('Asia/Jakarta', 'Mars/Base', Desk::policy());
        $engine = Engine::compile($document, $zones);
        $next = $engine->withTableLimit(1 << 20)->withRevision(Policy::fromJson((string) preg_replace('/"version": ?1\b/', '"version": 2', $document), $zones));
        self::assertSame(1, $engine->policy()->values()->version);
        self::assertSame('Mars/Base', $next->policy()->values()->calendars[0]->timeZone);
        self::assertSame($next->info()->policyDigest, $next->policy()->digest());
        self::assertSame(2, $next->policy()->values()->version);
    }

    public function test_values_are_read_once(): void
    {
        $engine = Desk::engine();
        self::assertSame($engine->policy()->values(), $engine->policy()->values());
    }

    public function test_values_are_those_of_the_vectors(): void
    {
        $compared = 0;
        foreach (self::cases('policy-values') as $name => [$document, $case]) {
            $values = Policy::fromJson($document)->values();
            self::assertSame('Standard', $values->package('standard')?->name);
            self::assertSame(24 * 3_600_000_000, $values->package('standard')->target('resolution')?->withinUs);
            self::assertSame([null, null, null], [$values->package('gold'), $values->timer('gold'), $values->calendar('gold')]);
            foreach ($case->values as [$pointer, $expected]) {
                $found = self::asDocument($values);
                foreach (array_slice(explode('/', $pointer), 1) as $part) {
                    $found = $found[$part];
                }
                self::assertSame(json_decode((string) json_encode($expected), true), $found, "{$name}: {$pointer}");
            }
            $compared++;
        }
        self::assertGreaterThanOrEqual(self::LEAST_VALUES, $compared);
    }

    /** Returns a value as the document that it was read from. */
    private static function asDocument(mixed $value): mixed
    {
        if ($value instanceof \BackedEnum) {
            return $value->value;
        }
        if (is_array($value)) {
            return array_map(self::asDocument(...), $value);
        }
        if (!is_object($value)) {
            return $value;
        }
        $document = [];
        foreach (get_object_vars($value) as $name => $field) {
            $key = strtolower((string) preg_replace('/(?<=[a-z])(?=[A-Z])/', '_', str_replace('Millionths', '', $name)));
            $document[$key] = self::asDocument($field);
        }
        if (isset($document['score_weights'])) {
            $pair = static fn (string $component, int $weight): array => ['component' => $component, 'weight' => $weight];
            $document['score_weights'] = array_map($pair, array_keys($document['score_weights']), array_values($document['score_weights']));
        }

        return $document;
    }

    /** @return iterable<string, array{string, \stdClass}> the document of each case, and the case, by its name */
    private static function cases(string $file): iterable
    {
        $vectors = json_decode((string) file_get_contents(Desk::ROOT . "/tests/vectors/{$file}.json"), false, 512, JSON_THROW_ON_ERROR);
        foreach ($vectors->cases as $case) {
            yield $case->name => [$case->text ?? self::changed($vectors->base, $case), $case];
        }
    }

    /** Returns the base document as a case changes it. */
    private static function changed(\stdClass $base, \stdClass $case): string
    {
        $document = unserialize(serialize($base));
        foreach ($case->set ?? [] as [$pointer, $value]) {
            self::change($document, explode('/', substr($pointer, 1)), $value);
        }
        foreach ($case->remove ?? [] as $pointer) {
            self::change($document, explode('/', substr($pointer, 1)));
        }

        return (string) json_encode($document, JSON_PRESERVE_ZERO_FRACTION);
    }

    /**
     * Sets what the segments of a JSON pointer lead to, or removes it.
     *
     * @param list<string> $segments
     */
    private static function change(mixed &$place, array $segments, mixed ...$value): void
    {
        $segment = str_replace(['~1', '~0'], ['/', '~'], array_shift($segments));
        if ($segments !== []) {
            is_array($place) ? self::change($place[(int) $segment], $segments, ...$value) : self::change($place->{$segment}, $segments, ...$value);
        } elseif ($value === []) {
            unset($place->{$segment});
        } elseif (is_array($place)) {
            $place[(int) $segment] = $value[0];
        } else {
            $place->{$segment} = $value[0];
        }
    }
}
