<?php

declare(strict_types=1);

namespace Sla\Exceptions;

/**
 * Whatever goes wrong in this package. A refused command is not among it: that is a decision.
 *
 * @property-read string $errorCode a stable code, for example `out_of_horizon`
 * @property-read string $path where in the document the fault lies, as a JSON pointer; empty without a document
 * @property-read string $help what to change; empty when the message says it
 * @property-read list<Problem> $related the single faults, for example every problem of a policy
 */
interface SlaThrowable extends \Throwable
{
}
