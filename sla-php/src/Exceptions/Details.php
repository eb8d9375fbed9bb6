<?php

declare(strict_types=1);

namespace Sla\Exceptions;

/**
 * What every exception of this package says.
 *
 * @internal
 */
trait Details
{
    public readonly string $errorCode;
    public readonly string $path;
    public readonly string $help;

    /** @var list<Problem> */
    public readonly array $related;

    public function __construct(Problem $problem, ?\Throwable $previous = null)
    {
        $where = $problem->path === '' ? '' : " at {$problem->path}";
        $help = $problem->help === '' ? '' : " ({$problem->help})";
        parent::__construct("{$problem->errorCode}: {$problem->message}{$where}{$help}", 0, $previous);
        $this->errorCode = $problem->errorCode;
        $this->path = $problem->path;
        $this->help = $problem->help;
        $this->related = $problem->related;
    }
}
