<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

/** A channel in the draft of the policy. */
class SupportChannel extends ReadModel
{
    protected $table = 'support_channels';

    protected $casts = [];
}
