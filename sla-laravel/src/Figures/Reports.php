<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Illuminate\Contracts\Cache\Factory;
use Sla\Aggregate;
use Sla\AgentPerformance;
use Sla\Csat;
use Sla\Dimension;
use Sla\Durations;
use Sla\EscalationCount;
use Sla\Grouping;
use Sla\HeldFigures;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;
use Sla\Lateness;
use Sla\Native\Library;
use Sla\PeriodUnit;
use Sla\Report;
use Sla\ReportGroup;
use Sla\TicketFigures;
use Sla\Time;
use Sla\TimerFigures;

/** Reports of days, weeks, months and years; those of days, weeks and months that are over are kept as documents. */
final class Reports
{
    /** How long an answer is kept in the cache: it is asked for by what it was made of, so it is never old. */
    private const SECONDS = 86_400;
    private const CLASSES = [
        Report::class, ReportGroup::class, TicketFigures::class, TimerFigures::class, Durations::class, Csat::class, HeldFigures::class, EscalationCount::class,
        Lateness::class, AgentPerformance::class, Grouping::class, Dimension::class, PeriodUnit::class, \DateTimeImmutable::class,
    ];

    public function __construct(
        private readonly Tables $tables,
        private readonly Figures $figures,
        private readonly DayTable $days,
        private readonly Gateway $gateway,
        private readonly Clock $clock,
        private readonly Settings $settings,
        private readonly Factory $caches,
    ) {
    }

    /** Returns the figures of each package, those without tickets included, the highest rank first. */
    public function packages(ReportPeriod $period): Report
    {
        $policy = $this->gateway->policyDigest();

        return $this->cached($period, "packages {$policy}", fn (): Report => $this->aggregate($period, FigureDimension::Package)->packages($this->gateway->engine()));
    }

    public function channels(ReportPeriod $period): Report
    {
        return $this->cached($period, 'channels', fn (): Report => $this->aggregate($period, FigureDimension::Channel)->report());
    }

    /** @return list<AgentPerformance> the best score first */
    public function agents(ReportPeriod $period): array
    {
        $policy = $this->gateway->policyDigest();

        return $this->cached($period, "agents {$policy}", fn (): array => $this->aggregate($period, FigureDimension::Agent)->agents($this->gateway->engine()));
    }

    /** Returns the figures of each day of a week or month, or of each month of a year; `null` for a day. */
    public function course(ReportPeriod $period): ?Report
    {
        if ($period->unit === ReportUnit::Day) {
            return null;
        }
        $unit = $period->unit === ReportUnit::Year ? PeriodUnit::Month : PeriodUnit::Day;

        return $this->cached($period, 'course', fn (): Report => $this->figures->course($period->firstDay, $period->endDay, $unit)->report());
    }

    /** Returns the figures of a period by a dimension: those that are kept where no row of it changed since. */
    public function aggregate(ReportPeriod $period, FigureDimension $dimension): Aggregate
    {
        if ($period->unit === ReportUnit::Year) {
            return $this->figures->added($period->firstDay, $period->endDay, $dimension);
        }
        // In this order: changes that are added meanwhile make the document stale before they are gone.
        $kept = $this->days->dirtyDays($period->firstDay, $period->endDay) === [] ? $this->kept($period, $dimension) : null;

        return $kept !== null ? Aggregate::fromJson($kept) : $this->figures->exact($period, $dimension);
    }

    /** Returns the document of a period that is over, as it was built last; `null` where rows changed since, or there is none. */
    public function kept(ReportPeriod $period, FigureDimension $dimension): ?string
    {
        $document = $this->tables->table('sla_reports')
            ->where('unit', $period->unit->value)->where('first_day', $period->firstDay)->where('dimension', $dimension->value)
            ->where('is_stale', false)
            ->value('document');

        return $document === null ? null : self::unpacked((string) $document);
    }

    public function isOver(ReportPeriod $period): bool
    {
        return $period->endUs() <= $this->clock->nowUs();
    }

    /**
     * Builds the reports of every period that is over and has none, or whose rows changed since.
     *
     * @param (callable(ReportPeriod): void)|null $progress called after each
     *
     * @return list<ReportPeriod> those that were built for the first time
     */
    public function build(?callable $progress = null): array
    {
        $new = [];
        foreach ($this->missing() as [$period, $isNew]) {
            $this->days->alone(fn () => $this->keep($period));
            if ($isNew) {
                $new[] = $period;
            }
            if ($progress !== null) {
                $progress($period);
            }
        }

        return $new;
    }

    /** @return list<array{ReportPeriod, bool}> what is to be built, and whether it was never built */
    public function missing(): array
    {
        $found = [];
        $zone = new \DateTimeZone($this->settings->timeZone());
        foreach (ReportUnit::keptOnes() as $unit) {
            $known = $this->tables->table('sla_reports')->where('unit', $unit->value)->where('dimension', FigureDimension::Package->value)->pluck('is_stale', 'first_day')->all();
            $seen = [];
            foreach ($this->tables->table('sla_daily')->where('dimension', FigureDimension::Package->value)->distinct()->orderBy('day')->pluck('day') as $day) {
                $period = ReportPeriod::on($unit, (string) $day, $zone);
                $isNew = !isset($known[$period->firstDay]);
                if (!isset($seen[$period->firstDay]) && ($isNew || (bool) $known[$period->firstDay]) && $this->isOver($period)) {
                    $found[] = [$period, $isNew];
                }
                $seen[$period->firstDay] = true;
            }
        }

        return $found;
    }

    /** Returns the last period that is over. */
    public function last(ReportUnit $unit): ReportPeriod
    {
        return ReportPeriod::at($unit, Time::fromUs($this->clock->nowUs()), new \DateTimeZone($this->settings->timeZone()))->previous();
    }

    /**
     * Answers from the cache where no figure changed since.
     *
     * @template T
     *
     * @param callable(): T $make
     *
     * @return T
     */
    private function cached(ReportPeriod $period, string $what, callable $make): mixed
    {
        $key = hash('sha256', implode("\0", [Library::get()->version(), $period->unit->value, $period->firstDay, $period->zone->getName(), $what, $this->days->version()]));

        // Applications may forbid objects in their cache, so it holds a text, and no other classes are read from it.
        $text = $this->caches->store($this->settings->cacheStore())->remember("sla-report-{$key}", self::SECONDS, static fn (): string => serialize($make()));

        return unserialize((string) $text, ['allowed_classes' => self::CLASSES]);
    }

    /** Buckets of durations make long documents: a month of ten thousand tickets has eight megabytes, and a twentieth of it packed. */
    private static function packed(string $document): string
    {
        return base64_encode(gzencode($document) ?: throw new \RuntimeException('the document cannot be packed'));
    }

    private static function unpacked(string $packed): string
    {
        return gzdecode(base64_decode($packed, true) ?: '') ?: throw new \RuntimeException('the document of a report is damaged');
    }

    private function keep(ReportPeriod $period): void
    {
        foreach (FigureDimension::keptOnes() as $dimension) {
            $key = ['unit' => $period->unit->value, 'first_day' => $period->firstDay, 'dimension' => $dimension->value];
            $row = [
                'end_day' => $period->endDay,
                'document' => self::packed($this->figures->exact($period, $dimension)->json()),
                'built_at' => $this->clock->nowUs(),
                'is_stale' => false,
            ];
            $revision = $this->tables->table('sla_reports')->where($key)->value('revision');
            if ($revision === null) {
                $this->tables->table('sla_reports')->insert($key + $row + ['revision' => 1]);
            } else {
                $this->tables->table('sla_reports')->where($key)->update($row + ['revision' => (int) $revision + 1]);
            }
        }
    }
}
