<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

use Illuminate\Database\Eloquent\Relations\HasMany;
use Sla\Laravel\Support\Instant;

/** Open tickets that adopt a revision, in bulk. */
class SlaAdoption extends ReadModel
{
    protected $table = 'sla_adoptions';

    protected $casts = ['started_at' => Instant::class, 'updated_at' => Instant::class, 'finished_at' => Instant::class];

    public function refusals(): HasMany
    {
        return $this->hasMany(SlaAdoptionRefusal::class, 'adoption_id');
    }
}
