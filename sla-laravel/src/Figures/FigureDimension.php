<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Sla\Dimension;

/** By what figures are added up by day. */
enum FigureDimension: string
{
    case Package = 'package';
    case Channel = 'channel';
    case Agent = 'agent';
    case Team = 'team';

    /**
     * Returns those that documents of reports are kept by.
     *
     * @return list<self>
     */
    public static function keptOnes(): array
    {
        return [self::Package, self::Channel, self::Agent];
    }

    public function engine(): Dimension
    {
        return Dimension::from($this->value);
    }
}
