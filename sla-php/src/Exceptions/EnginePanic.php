<?php

declare(strict_types=1);

namespace Sla\Exceptions;

/** A defect of the library. The process is in order; what the call was to change should be dropped. */
final class EnginePanic extends \RuntimeException implements SlaThrowable
{
    use Details;
}
