<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Support\Facades\Route;
use Sla\Laravel\Sla;
use Sla\Laravel\Tests\TestCase;

/** What an application that uses the package switches off. */
final class HostTest extends TestCase
{
    protected function tearDown(): void
    {
        Sla::$registersRoutes = true;
        Sla::$loadsMigrations = true;
        parent::tearDown();
    }

    public function test_routes_are_left_to_the_application(): void
    {
        self::assertTrue(Route::has('sla.tickets'));
        Sla::ignoreRoutes();
        $this->refreshApplication();
        self::assertFalse(Route::has('sla.tickets'));
        $this->get('/support/tickets')->assertStatus(404);
    }

    public function test_migrations_are_left_to_the_application(): void
    {
        self::assertCount(1, $this->app->make('migrator')->paths());
        Sla::ignoreMigrations();
        $this->refreshApplication();
        self::assertSame([], $this->app->make('migrator')->paths());
    }
}
