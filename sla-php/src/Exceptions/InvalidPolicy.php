<?php

declare(strict_types=1);

namespace Sla\Exceptions;

/** A policy or a calendar cannot be used; `related` lists every problem. */
final class InvalidPolicy extends \DomainException implements SlaThrowable
{
    use Details;
}
