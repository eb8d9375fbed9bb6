<?php

use Illuminate\Database\Schema\Blueprint;
use Sla\Laravel\Database\SlaMigration;

// What dashboards and reports read. All of it can be made again from support_events.
return new class extends SlaMigration {
    public function up(): void
    {
        $this->schema()->create('sla_promises', function (Blueprint $table): void {
            $table->unsignedBigInteger('ticket_id');
            $this->idColumn($table, 'timer', 64);
            $table->unsignedInteger('cycle');
            $this->idColumn($table, 'class', 32);
            $table->bigInteger('decided_at')->nullable();
            $table->integer('day')->nullable();
            $this->idColumn($table, 'package');
            $this->idColumn($table, 'channel');
            $this->idColumn($table, 'holder')->nullable();
            $this->idColumn($table, 'priority')->nullable();
            $table->bigInteger('business_us')->nullable();
            $table->bigInteger('wall_us')->nullable();
            $table->integer('business_bucket')->nullable();
            $table->integer('wall_bucket')->nullable();
            $table->primary(['ticket_id', 'timer', 'cycle'], 'sla_promises_pk');
            $table->index(['day', 'package', 'timer', 'class'], 'sla_promises_day');
        });
        $this->schema()->create('sla_ticket_facts', function (Blueprint $table): void {
            $table->unsignedBigInteger('ticket_id');
            $table->unsignedInteger('seq');
            $this->idColumn($table, 'figure', 32);
            $table->integer('day');
            $this->idColumn($table, 'package');
            $this->idColumn($table, 'channel');
            $this->idColumn($table, 'holder')->nullable();
            $table->integer('bucket')->nullable();
            $table->primary(['ticket_id', 'seq', 'figure'], 'sla_ticket_facts_pk');
            $table->index('day', 'sla_ticket_facts_day');
        });
        foreach (['sla_daily' => 'channel', 'sla_daily_agents' => 'holder'] as $name => $by) {
            $this->schema()->create($name, function (Blueprint $table) use ($name, $by): void {
                $table->integer('day');
                $this->idColumn($table, 'package');
                $this->idColumn($table, $by);
                $this->idColumn($table, 'timer', 64);
                $this->idColumn($table, 'figure', 32);
                $table->bigInteger('n');
                $table->bigInteger('business_us');
                $table->bigInteger('wall_us');
                $table->primary(['day', 'package', $by, 'timer', 'figure'], "{$name}_pk");
            });
        }
        $this->schema()->create('sla_dirty_days', function (Blueprint $table): void {
            $table->integer('day')->primary('sla_dirty_days_pk');
        });
        $this->schema()->create('sla_reports', function (Blueprint $table): void {
            $this->idColumn($table, 'kind', 16);
            $table->bigInteger('period_start');
            $table->mediumText('document');
            $table->bigInteger('created_at');
            $table->primary(['kind', 'period_start'], 'sla_reports_pk');
        });
    }

    public function down(): void
    {
        foreach (['sla_reports', 'sla_dirty_days', 'sla_daily_agents', 'sla_daily', 'sla_ticket_facts', 'sla_promises'] as $table) {
            $this->schema()->dropIfExists($table);
        }
    }
};
