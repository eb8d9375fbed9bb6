<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

/** Automatic events are detected later than the policy tolerates. */
class MonitorLagging extends AlertNotification
{
}
