<?php

use Illuminate\Database\Schema\Blueprint;
use Sla\Laravel\Database\SlaMigration;

return new class extends SlaMigration {
    public function up(): void
    {
        // One row an intent of the engine and channel; of an alert for operators one row a channel.
        $this->schema()->create('sla_notifications', function (Blueprint $table): void {
            $this->hashColumn($table, 'intent_id');
            $this->idColumn($table, 'channel', 32);
            // What it is about: an event of a ticket, or an alert.
            $table->unsignedBigInteger('ticket_id')->nullable();
            $table->unsignedInteger('seq')->nullable();
            $table->unsignedBigInteger('alert_id')->nullable();
            $this->idColumn($table, 'timer')->nullable();
            $this->idColumn($table, 'step')->nullable();
            $table->text('audience');
            $table->boolean('is_critical');
            $table->bigInteger('notify_at');
            // Not before this instant: notify_at, later after a failure.
            $table->bigInteger('available_at');
            $table->char('claim', 32)->nullable();
            $table->bigInteger('claimed_at')->nullable();
            $table->bigInteger('sent_at')->nullable();
            $table->unsignedInteger('attempts')->default(0);
            $table->text('error')->nullable();
            $table->primary(['intent_id', 'channel'], 'sla_notifications_pk');
            $table->index(['sent_at', 'available_at'], 'sla_notifications_unsent');
        });
        // The access log, a chain a day.
        $this->schema()->create('sla_denials', function (Blueprint $table): void {
            $this->idColumn($table, 'log', 32);
            $table->unsignedInteger('seq');
            $table->bigInteger('at');
            $this->idColumn($table, 'actor_role', 16);
            $this->idColumn($table, 'actor_id');
            $this->idColumn($table, 'ticket')->nullable();
            $this->idColumn($table, 'action', 64);
            $this->idColumn($table, 'code', 64);
            $table->text('entry');
            $this->hashColumn($table, 'hash');
            $table->primary(['log', 'seq'], 'sla_denials_pk');
            $table->index(['actor_id', 'at'], 'sla_denials_actor');
        });
        // Tickets that the monitor cannot read. A row goes away when the ticket can be read again.
        $this->schema()->create('sla_monitor_failures', function (Blueprint $table): void {
            $table->unsignedBigInteger('ticket_id')->primary('sla_monitor_failures_pk');
            $this->idColumn($table, 'code', 64);
            $table->text('message');
            $table->unsignedInteger('attempts');
            $table->bigInteger('first_at');
            $table->bigInteger('last_at');
        });
    }

    public function down(): void
    {
        foreach (['sla_monitor_failures', 'sla_denials', 'sla_notifications'] as $table) {
            $this->schema()->dropIfExists($table);
        }
    }
};
