<?php

declare(strict_types=1);

namespace Sla;

/** What would have to differ for a command to be accepted; over HTTP 401, 403, 409 and 422. */
enum RefusalKind: string
{
    /** It is not known who asks. */
    case Identity = 'identity';
    /** The actor is known and not permitted the action. */
    case Permission = 'permission';
    /** The ticket is not in a state that allows it. */
    case State = 'state';
    /** The command itself is not acceptable. */
    case Input = 'input';
}
