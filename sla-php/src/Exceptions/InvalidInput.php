<?php

declare(strict_types=1);

namespace Sla\Exceptions;

/** The engine cannot work with an input: a document, an instant, a length of time. */
final class InvalidInput extends \DomainException implements SlaThrowable
{
    use Details;
}
