<?php

declare(strict_types=1);

namespace Sla;

use Sla\Native\Handle;
use Sla\Native\Library;
use Sla\Native\Unclonable;

/** Time-zone rules of the host in place of the embedded ones. Most hosts need none. */
final class Zones
{
    use Unclonable;

    private readonly Handle $handle;

    public function __construct()
    {
        $this->handle = Library::get()->handle('zones', Exceptions\InvalidInput::class, 'sla_zones_new');
    }

    /**
     * Puts a zone in place of the embedded one of that name, or adds it.
     *
     * @param string $tzif    a compiled zone file (RFC 9636), as `zic` writes it, of at most 65,536 bytes and without leap seconds
     * @param string $version the release it is of; it becomes part of every rules digest
     *
     * @throws Exceptions\InvalidInput `invalid_time_zone_data`, `limit_exceeded`
     */
    public function add(string $name, string $tzif, string $version): void
    {
        Library::get()->run('sla_zones_add', $this->handle->pointer, $name, strlen($name), $tzif, strlen($tzif), $version, strlen($version));
    }

    /** @internal */
    public function pointer(): \FFI\CData
    {
        return $this->handle->pointer;
    }
}
