<?php

declare(strict_types=1);

namespace Sla\Laravel\Support;

use Illuminate\Contracts\Config\Repository;

/** Proves that a request comes from this application's own console. */
final class HealthToken
{
    public const HEADER = 'X-Sla-Doctor';

    private const SECONDS = 60;

    public function __construct(private readonly Repository $config)
    {
    }

    public function make(): string
    {
        return $this->at(time());
    }

    public function isValid(string $token): bool
    {
        // Not all of the token: PHP reads a hash that begins with `1e4` as an exponent of the number before it.
        $time = (int) explode('.', $token)[0];

        return abs(time() - $time) <= self::SECONDS && hash_equals($this->at($time), $token);
    }

    private function at(int $time): string
    {
        $key = (string) $this->config->get('app.key');
        if ($key === '') {
            throw new InvalidSetting('APP_KEY', $key, 'the key that `php artisan key:generate` makes');
        }

        return $time . '.' . hash_hmac('sha256', "sla-doctor/{$time}", $key);
    }
}
