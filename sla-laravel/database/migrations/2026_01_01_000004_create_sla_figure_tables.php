<?php

use Illuminate\Database\Schema\Blueprint;
use Sla\Laravel\Database\SlaMigration;

return new class extends SlaMigration {
    public function up(): void
    {
        // One row a cycle of a timer: its class, the group in which that counts, and the group in which its durations count.
        $this->schema()->create('sla_promises', function (Blueprint $table): void {
            $table->unsignedBigInteger('ticket_id');
            $this->idColumn($table, 'timer');
            $table->unsignedInteger('cycle');
            $this->idColumn($table, 'class', 32);
            $table->bigInteger('started_at');
            $table->bigInteger('due_at')->nullable();
            $this->placeColumns($table, '');
            $this->placeColumns($table, 'ended_');
            foreach (['business', 'wall'] as $time) {
                $this->idColumn($table, "{$time}_figure", 32)->nullable();
                $table->bigInteger("{$time}_us")->nullable();
                $table->unsignedInteger("{$time}_bucket")->nullable();
            }
            $table->bigInteger('overdue_us')->nullable();
            $table->unsignedInteger('overdue_bucket')->nullable();
            $table->primary(['ticket_id', 'timer', 'cycle'], 'sla_promises_pk');
        });
        $this->indexWherePresent('sla_promises', 'day', 'sla_promises_day');
        $this->indexWherePresent('sla_promises', 'ended_day', 'sla_promises_ended');
        // One row a fact: an opening, a reply, an escalation, a rating, a stretch for which a ticket was held.
        $this->schema()->create('sla_ticket_facts', function (Blueprint $table): void {
            $table->unsignedBigInteger('ticket_id');
            $this->idColumn($table, 'key', 300);
            $table->unsignedInteger('seq')->nullable();
            $this->idColumn($table, 'figure', 32);
            $this->idColumn($table, 'timer')->nullable();
            $table->unsignedInteger('cycle')->nullable();
            $table->unsignedInteger('bucket');
            $table->unsignedInteger('n');
            $table->bigInteger('duration_us')->nullable();
            $this->placeColumns($table, '');
            $table->primary(['ticket_id', 'key'], 'sla_ticket_facts_pk');
        });
        $this->indexWherePresent('sla_ticket_facts', 'day', 'sla_ticket_facts_day');
        // The same figures added up by day and by month, for one dimension each, without the buckets of durations.
        foreach (['sla_daily', 'sla_monthly'] as $name) {
            $this->schema()->create($name, function (Blueprint $table) use ($name): void {
                $this->idColumn($table, 'dimension', 16);
                // The day, or the first one of the month.
                $table->date('day');
                $this->idColumn($table, 'value');
                // Empty for figures of whole tickets.
                $this->idColumn($table, 'timer');
                $this->idColumn($table, 'figure', 32);
                // The level of an escalation, the score of a rating; otherwise 0.
                $table->unsignedInteger('bucket');
                $table->bigInteger('n');
                $table->bigInteger('sum_s');
                $table->bigInteger('sum_us_rest');
                $table->primary(['dimension', 'day', 'value', 'timer', 'figure', 'bucket'], "{$name}_pk");
            });
        }
        // What changed since in the sums: rows of each change, so that writers never wait for each other.
        $this->schema()->create('sla_figure_changes', function (Blueprint $table): void {
            $table->bigIncrements('id');
            $table->date('day');
            foreach (['package', 'channel', 'agent', 'team', 'timer'] as $property) {
                $this->idColumn($table, $property);
            }
            $this->idColumn($table, 'figure', 32);
            $table->unsignedInteger('bucket');
            $table->bigInteger('n');
            $table->bigInteger('sum_s');
            $table->bigInteger('sum_us_rest');
            $table->index('day', 'sla_figure_changes_day');
        });
        // Days that are to be added up anew from the rows.
        $this->schema()->create('sla_dirty_days', function (Blueprint $table): void {
            $table->bigIncrements('id');
            $table->date('day');
            $table->index(['day', 'id'], 'sla_dirty_days_day');
        });
        // Days, weeks and months that are over: the engine's aggregate by one dimension each.
        $this->schema()->create('sla_reports', function (Blueprint $table): void {
            $this->idColumn($table, 'unit', 8);
            $table->date('first_day');
            $this->idColumn($table, 'dimension', 16);
            $table->date('end_day');
            $table->mediumText('document');
            $table->bigInteger('built_at');
            // How often it was built: what is decided after the end of a period changes its figures.
            $table->unsignedInteger('revision');
            $table->boolean('is_stale');
            $table->primary(['unit', 'first_day', 'dimension'], 'sla_reports_pk');
            $table->index(['is_stale', 'first_day'], 'sla_reports_stale');
        });
        // Who was told of a report.
        $this->schema()->create('sla_report_notices', function (Blueprint $table): void {
            $this->idColumn($table, 'unit', 8);
            $table->date('first_day');
            $this->idColumn($table, 'channel', 32);
            $table->bigInteger('claimed_at')->nullable();
            $table->bigInteger('sent_at')->nullable();
            $table->primary(['unit', 'first_day', 'channel'], 'sla_report_notices_pk');
        });
        // The row `refresh` is locked while days are added up; `rebuild` says how far a rebuild is; `time_zone` whose days count.
        $this->schema()->create('sla_figure_state', function (Blueprint $table): void {
            $this->idColumn($table, 'name', 32)->primary('sla_figure_state_pk');
            $table->string('value', 128);
        });
    }

    public function down(): void
    {
        foreach (['sla_figure_state', 'sla_report_notices', 'sla_reports', 'sla_dirty_days', 'sla_figure_changes', 'sla_monthly', 'sla_daily', 'sla_ticket_facts', 'sla_promises'] as $table) {
            $this->schema()->dropIfExists($table);
        }
    }

    /** Adds where a figure counts: its instant, and the ticket's properties then. */
    private function placeColumns(Blueprint $table, string $prefix): void
    {
        $isOptional = $prefix !== '';
        // Both null for what changes with time alone: it is in no report.
        $table->bigInteger("{$prefix}at")->nullable();
        $table->date("{$prefix}day")->nullable();
        $this->idColumn($table, "{$prefix}package")->nullable($isOptional);
        $this->idColumn($table, "{$prefix}channel")->nullable($isOptional);
        foreach (['agent', 'team', 'priority', 'severity', 'category'] as $property) {
            $this->idColumn($table, "{$prefix}{$property}")->nullable();
        }
    }
};
