<?php

use Illuminate\Database\Schema\Blueprint;
use Sla\Laravel\Database\SlaMigration;

return new class extends SlaMigration {
    public function up(): void
    {
        // What a process remembers between two runs: how far a verification is, what the watch over objectives saw.
        $this->schema()->create('sla_memories', function (Blueprint $table): void {
            $this->idColumn($table, 'name', 64)->primary('sla_memories_pk');
            $table->mediumText('document');
            $table->bigInteger('updated_at');
        });
        // Open tickets that adopt the newest revision, in bulk: the choice, and how far it is.
        $this->schema()->create('sla_adoptions', function (Blueprint $table): void {
            $table->bigIncrements('id');
            $this->hashColumn($table, 'policy_digest');
            $this->idColumn($table, 'apply', 16);
            $table->text('reason');
            $this->idColumn($table, 'started_by');
            // running, stopped, finished
            $this->idColumn($table, 'status', 16);
            // 1 while it runs: at most one then.
            $table->unsignedTinyInteger('active')->nullable();
            $table->unsignedBigInteger('after_ticket');
            // The tickets that are looked at now, by number; they count as looked at when all of them are done.
            $table->mediumText('chunk')->nullable();
            $table->unsignedBigInteger('last_ticket');
            $table->unsignedInteger('tickets');
            $table->unsignedInteger('looked');
            $table->bigInteger('started_at');
            $table->bigInteger('updated_at');
            $table->bigInteger('finished_at')->nullable();
            // When the monitor queued a job that resumes it.
            $table->bigInteger('queued_at')->nullable();
            $table->unique('active', 'sla_adoptions_active');
            $table->index(['status', 'id'], 'sla_adoptions_status');
        });
        $this->schema()->create('sla_adoption_refusals', function (Blueprint $table): void {
            $table->unsignedBigInteger('adoption_id');
            $table->unsignedBigInteger('ticket_id');
            $this->idColumn($table, 'code', 64);
            $table->text('message');
            $table->primary(['adoption_id', 'ticket_id'], 'sla_adoption_refusals_pk');
        });
        // What operators are told of. An alert that is not over is what the monitor remembers of it.
        $this->schema()->create('sla_alerts', function (Blueprint $table): void {
            $table->bigIncrements('id');
            $this->idColumn($table, 'name', 32);
            // Of an objective its timer and windows.
            $this->hashColumn($table, 'subject');
            // The same while the alert is not over: at most one then.
            $this->hashColumn($table, 'active_subject')->nullable();
            $this->idColumn($table, 'timer')->nullable();
            $table->text('details');
            $table->bigInteger('at');
            $table->bigInteger('ended_at')->nullable();
            $table->unique('active_subject', 'sla_alerts_active');
            $table->index(['ended_at', 'id'], 'sla_alerts_ended');
        });
    }

    public function down(): void
    {
        foreach (['sla_alerts', 'sla_adoption_refusals', 'sla_adoptions', 'sla_memories'] as $table) {
            $this->schema()->dropIfExists($table);
        }
    }
};
