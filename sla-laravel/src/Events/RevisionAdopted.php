<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A ticket adopted a revision of the policy. */
final class RevisionAdopted extends TicketEvent
{
}
