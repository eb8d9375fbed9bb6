<?php

declare(strict_types=1);

namespace Sla\Laravel\Support;

/** A setting of `config/sla.php` cannot be used. */
final class InvalidSetting extends \UnexpectedValueException
{
    public function __construct(string $name, mixed $value, string $accepted)
    {
        $given = is_scalar($value) ? (string) $value : get_debug_type($value);
        parent::__construct("{$name} is `{$given}`; use {$accepted}");
    }
}
