<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Sla\Dimension;

/** By what figures are added up by day and kept in reports. */
enum FigureDimension: string
{
    case Package = 'package';
    case Channel = 'channel';
    case Agent = 'agent';

    public function engine(): Dimension
    {
        return Dimension::from($this->value);
    }
}
