<?php

use Illuminate\Database\Schema\Blueprint;
use Sla\Laravel\Database\SlaMigration;

return new class extends SlaMigration {
    public function up(): void
    {
        $this->schema()->create('support_tickets', function (Blueprint $table): void {
            $table->bigIncrements('id');
            // The engine's id of the ticket.
            $this->idColumn($table, 'reference');
            $table->string('subject', 255);
            $this->idColumn($table, 'customer');
            $this->idColumn($table, 'organization')->nullable();
            $this->idColumn($table, 'package');
            $this->idColumn($table, 'channel');
            $this->idColumn($table, 'severity')->nullable();
            $this->idColumn($table, 'category')->nullable();
            $this->idColumn($table, 'priority')->nullable();
            $this->idColumn($table, 'status', 16);
            $this->idColumn($table, 'agent')->nullable();
            $this->idColumn($table, 'team')->nullable();
            // The revision that the ticket is under.
            $this->hashColumn($table, 'policy_digest');
            $this->idColumn($table, 'first_response_state', 16)->nullable();
            $table->bigInteger('first_response_due_at')->nullable();
            $this->idColumn($table, 'resolution_state', 16)->nullable();
            $table->bigInteger('resolution_due_at')->nullable();
            $table->bigInteger('opened_at');
            $table->bigInteger('last_at');
            $table->bigInteger('closed_at')->nullable();
            $table->unique('reference', 'support_tickets_reference');
            $table->index(['customer', 'id'], 'support_tickets_customer');
            $table->index(['status', 'id'], 'support_tickets_status');
        });
        // A change of an indexed column is written to every index of the table, so most hold only the rows that are asked for.
        $this->indexWhere('support_tickets', 'organization, id', 'support_tickets_organization', 'organization is not null');
        $this->indexWhere('support_tickets', 'agent, status, id', 'support_tickets_agent', 'agent is not null');
        $this->indexWhere('support_tickets', 'team, status, id', 'support_tickets_team', 'team is not null');
        $this->indexWhere('support_tickets', 'first_response_state, first_response_due_at', 'support_tickets_first_response', "first_response_state = 'running'");
        $this->indexWhere('support_tickets', 'resolution_state, resolution_due_at', 'support_tickets_resolution', "resolution_state = 'running'");
        $this->indexWhere('support_tickets', 'status, first_response_state, resolution_state', 'support_tickets_active', "status in ('new', 'open', 'pending', 'on_hold')");
        // Others have the tickets without agent in the index of agents.
        if ($this->hasPartialIndexes()) {
            $this->indexWhere('support_tickets', 'id', 'support_tickets_unassigned', "agent is null and status in ('new', 'open', 'pending', 'on_hold')");
        }
        // Apart from support_tickets, so that lists do not read snapshots, and with all that a decision needs, so that it reads
        // one table with few indexes.
        $this->schema()->create('sla_ticket_states', function (Blueprint $table): void {
            $table->unsignedBigInteger('ticket_id')->primary('sla_ticket_states_pk');
            $this->idColumn($table, 'reference');
            $table->unsignedInteger('events');
            $this->hashColumn($table, 'head');
            $table->mediumText('snapshot');
            // What the engine needs to make the rows of figures of the next event; null for a ticket without such rows.
            $table->mediumText('row_state')->nullable();
            $table->bigInteger('next_check_at')->nullable();
            $table->bigInteger('last_at');
        });
        $this->indexWherePresent('sla_ticket_states', 'next_check_at', 'sla_ticket_states_due');
        $this->schema()->create('support_events', function (Blueprint $table): void {
            $table->unsignedBigInteger('ticket_id');
            $table->unsignedInteger('seq');
            $this->idColumn($table, 'kind', 32);
            $table->bigInteger('at');
            $table->bigInteger('detected_at');
            $this->idColumn($table, 'actor_role', 16);
            $this->idColumn($table, 'actor_id');
            // The exact text of the audit entry: its hash is computed from it, so it is no JSON column.
            $table->mediumText('entry');
            $table->primary(['ticket_id', 'seq'], 'support_events_pk');
            $table->index('at', 'support_events_at');
        });
        $this->indexWhere('support_events', 'kind, at', 'support_events_breached', "kind = 'breached'");
        $this->schema()->create('support_responses', function (Blueprint $table): void {
            $table->bigIncrements('id');
            $table->unsignedBigInteger('ticket_id');
            $this->idColumn($table, 'message_ref');
            $this->idColumn($table, 'actor_role', 16);
            $this->idColumn($table, 'actor_id');
            $this->idColumn($table, 'channel')->nullable();
            $table->boolean('is_public');
            $table->mediumText('body');
            $this->hashColumn($table, 'content_sha256');
            $table->bigInteger('at');
            $table->unique('message_ref', 'support_responses_ref');
            $table->index(['ticket_id', 'id'], 'support_responses_ticket');
        });
        $this->schema()->create('support_escalations', function (Blueprint $table): void {
            $table->bigIncrements('id');
            $table->unsignedBigInteger('ticket_id');
            $table->unsignedInteger('number');
            $this->idColumn($table, 'trigger', 16);
            $table->unsignedInteger('level');
            $this->idColumn($table, 'timer')->nullable();
            $table->text('reason');
            $this->idColumn($table, 'status', 16);
            $this->idColumn($table, 'by_role', 16);
            $this->idColumn($table, 'by_id');
            $table->bigInteger('at');
            $this->idColumn($table, 'acknowledged_by')->nullable();
            $table->bigInteger('acknowledged_at')->nullable();
            $this->idColumn($table, 'resolved_by')->nullable();
            $table->bigInteger('resolved_at')->nullable();
            $table->unique(['ticket_id', 'number'], 'support_escalations_number');
        });
        $this->indexWhere('support_escalations', 'level desc, id', 'support_escalations_unresolved', "status in ('open', 'acknowledged')");
    }

    public function down(): void
    {
        foreach (['support_escalations', 'support_responses', 'support_events', 'sla_ticket_states', 'support_tickets'] as $table) {
            $this->schema()->dropIfExists($table);
        }
    }
};
