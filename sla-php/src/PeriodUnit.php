<?php

declare(strict_types=1);

namespace Sla;

/** A length of a period. Weeks run from Monday (ISO 8601). */
enum PeriodUnit: string
{
    case Hour = 'hour';
    case Day = 'day';
    case Week = 'week';
    case Month = 'month';
}
