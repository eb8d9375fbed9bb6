<?php

declare(strict_types=1);

namespace Sla;

/** What figures can be grouped by, besides periods. */
enum Dimension: string
{
    case Package = 'package';
    case Channel = 'channel';
    case Agent = 'agent';
    /** The package's label. */
    case Priority = 'priority';
    case Severity = 'severity';
    case Category = 'category';
    case Team = 'team';
}
