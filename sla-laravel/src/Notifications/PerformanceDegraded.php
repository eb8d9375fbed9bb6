<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

/** The error budget of an objective of the policy burns too fast. */
class PerformanceDegraded extends AlertNotification
{
}
