<?php

declare(strict_types=1);

namespace Sla\Exceptions;

/** The calling program is wrong: a name that the policy does not have, an array of another length. */
final class InvalidArgument extends \LogicException implements SlaThrowable
{
    use Details;

    public static function of(string $errorCode, string $message, string $help): self
    {
        return new self(new Problem($errorCode, '', $message, $help));
    }
}
