<?php

declare(strict_types=1);

namespace Sla;

/** What a change of package, revision or classification does to promises that run. */
enum Apply: string
{
    /** They stay as they are. */
    case Keep = 'keep';
    /** What is used stays used; the rest follows the new terms. */
    case FromNow = 'from_now';
    /** As if the new terms had applied since their start. */
    case Retroactive = 'retroactive';
}
