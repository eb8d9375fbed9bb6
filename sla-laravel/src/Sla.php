<?php

declare(strict_types=1);

namespace Sla\Laravel;

/** What a host switches off, in the `register` of one of its providers. */
final class Sla
{
    /** @internal */
    public static bool $loadsMigrations = true;

    /** @internal */
    public static bool $registersRoutes = true;

    private function __construct()
    {
    }

    /** Lets the host run published copies of the migrations only. */
    public static function ignoreMigrations(): void
    {
        self::$loadsMigrations = false;
    }

    /** Lets the host define every route itself. */
    public static function ignoreRoutes(): void
    {
        self::$registersRoutes = false;
    }
}
