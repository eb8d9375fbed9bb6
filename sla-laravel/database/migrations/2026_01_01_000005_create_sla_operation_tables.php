<?php

use Illuminate\Database\Schema\Blueprint;
use Sla\Laravel\Database\SlaMigration;

return new class extends SlaMigration {
    public function up(): void
    {
        // What a process remembers between two runs: how far a verification is.
        $this->schema()->create('sla_memories', function (Blueprint $table): void {
            $this->idColumn($table, 'name', 64)->primary('sla_memories_pk');
            $table->mediumText('document');
            $table->bigInteger('updated_at');
        });
    }

    public function down(): void
    {
        $this->schema()->dropIfExists('sla_memories');
    }
};
