<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

/** Why a ticket keeps its revision. */
class SlaAdoptionRefusal extends ReadModel
{
    protected $table = 'sla_adoption_refusals';

    public $incrementing = false;

    protected $primaryKey = 'ticket_id';
}
