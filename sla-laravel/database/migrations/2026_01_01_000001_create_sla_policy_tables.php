<?php

use Illuminate\Database\Schema\Blueprint;
use Sla\Laravel\Database\SlaMigration;

return new class extends SlaMigration {
    public function up(): void
    {
        // The draft of the packages; what is published stands in sla_policy_revisions.
        $this->schema()->create('sla_definitions', function (Blueprint $table): void {
            $table->bigIncrements('id');
            $this->idColumn($table, 'package');
            $table->string('name', 255);
            $table->unsignedInteger('rank');
            $this->idColumn($table, 'extends')->nullable();
            $this->idColumn($table, 'calendar')->nullable();
            $this->idColumn($table, 'priority')->nullable();
            $table->string('first_response', 64)->nullable();
            $table->string('resolution', 64)->nullable();
            $table->mediumText('other_targets')->nullable();
            $table->mediumText('channels')->nullable();
            $table->mediumText('variants')->nullable();
            $table->bigInteger('updated_at');
            $table->unique('package', 'sla_definitions_package');
        });
        $this->schema()->create('support_channels', function (Blueprint $table): void {
            $table->bigIncrements('id');
            $this->idColumn($table, 'key');
            $table->string('name', 255);
            $table->unsignedInteger('position');
            $table->unique('key', 'support_channels_key');
        });
        $this->schema()->create('sla_settings', function (Blueprint $table): void {
            $this->idColumn($table, 'key', 64)->primary('sla_settings_pk');
            $table->mediumText('document');
            $this->idColumn($table, 'updated_by');
            $table->bigInteger('updated_at');
        });
        $this->schema()->create('sla_policy_revisions', function (Blueprint $table): void {
            $table->bigIncrements('id');
            $this->hashColumn($table, 'policy_digest');
            $table->unsignedInteger('version');
            // The exact text: the engine is compiled from it.
            $table->mediumText('document');
            $table->mediumText('entry');
            $this->idColumn($table, 'published_by');
            $table->text('reason');
            $table->bigInteger('published_at');
            $table->unique('policy_digest', 'sla_policy_revisions_digest');
            $table->unique('version', 'sla_policy_revisions_version');
        });
    }

    public function down(): void
    {
        foreach (['sla_policy_revisions', 'sla_settings', 'support_channels', 'sla_definitions'] as $table) {
            $this->schema()->dropIfExists($table);
        }
    }
};
