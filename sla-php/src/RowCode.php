<?php

declare(strict_types=1);

namespace Sla;

/** Why a row has no answer. */
enum RowCode: int
{
    /** It has one, or it lacks a value that was asked about. */
    case Ok = 0;
    case OutOfHorizon = 1;
    case EndBeforeStart = 2;
    case InvalidDuration = 3;
    /** A ticket has no opening. */
    case MissingField = 4;
    /** A milestone lies after `now`. */
    case TimeWentBack = 5;
    /** The plan has no such kind of ticket. */
    case OutOfRange = 6;
}
