<?php

// The forms over the policy. docs/policy.md says what each field means.

return [
    'saved' => 'The draft is saved.', 'add' => 'Add', 'remove' => 'Remove', 'raise' => 'Move up', 'delete' => 'Remove :id from the draft',
    'states_empty' => 'None, in place of what is inherited', 'other_parts' => 'Other parts', 'problems_first' => 'The draft has problems, listed above.',
    'problems' => '{1} The draft has 1 problem and cannot be published.|[2,*] The draft has :count problems and cannot be published.',
    'warnings' => '{1} 1 thing in the draft is probably not meant.|[2,*] :count things in the draft are probably not meant.',
    'new' => ['packages' => 'Id of a new package', 'calendars' => 'Id of a new calendar'],
    'parts' => [
        'channels' => 'Channels', 'calendars' => 'Calendars', 'packages' => 'Packages', 'timers' => 'Timers', 'steps' => 'Warnings and escalations', 'severities' => 'Severities',
        'categories' => 'Categories', 'pauses' => 'Pauses', 'inactivity' => 'Inactivity rules', 'roles' => 'Roles', 'objectives' => 'Objectives and alerts',
    ],
    'about' => [
        'channels' => 'By which ways a request may come. A package says which of them it includes.',
        'calendars' => 'When support time counts, in local time: exactly one of always open, hours of the week, weeks that take turns, and other calendars.',
        'packages' => 'What a customer bought: channels, and what is promised for each timer. A field left blank is left out.',
        'timers' => 'Timers of your own, and adjustments of first_response, next_response, update, resolution and assignment.',
        'steps' => 'What happens on the way to the due instant of this timer, and after it. Exactly one of at, before and after is stated.',
        'severities' => 'The severities that a ticket may have.', 'categories' => 'The categories that a ticket may have.',
        'pauses' => 'How long a ticket may pause, and why.', 'inactivity' => 'What happens to a ticket in one status on which nothing has happened for a time.',
        'roles' => 'What agents and customers may do beyond the fixed table of commands.', 'objectives' => 'What reports and alerts compare with. No decision reads it.',
    ],
    'fields' => [
        'channels' => 'Channels', 'calendars' => 'Calendars', 'calendar' => 'Calendar', 'package' => 'Package', 'packages' => 'Packages', 'timers' => 'Timers', 'steps' => 'Steps', 'severities' => 'Severities', 'categories' => 'Categories',
        'pauses' => 'Pauses', 'inactivity' => 'Rules', 'roles' => 'Roles', 'objectives' => 'Objectives', 'id' => 'Id', 'name' => 'Name', 'time_zone' => 'Time zone',
        'always_open' => 'Open around the clock', 'weekly' => 'Hours of the week', 'mon' => 'Monday', 'tue' => 'Tuesday', 'wed' => 'Wednesday', 'thu' => 'Thursday', 'fri' => 'Friday',
        'sat' => 'Saturday', 'sun' => 'Sunday', 'rotation' => 'Weeks that take turns', 'starts' => 'First Monday', 'weeks' => 'Week', 'any_of' => 'Open whenever one of these is',
        'holidays' => 'Holidays', 'dates' => 'Date, or first and last date', 'holidays_known_until' => 'Holidays are entered until', 'seasons' => 'Seasons', 'from' => 'First date', 'to' => 'Last date',
        'special_days' => 'Special days', 'date' => 'Date', 'windows' => 'Hours', 'rank' => 'Rank', 'extends' => 'Takes what is left out from', 'priority' => 'Priority', 'targets' => 'Targets',
        'variants' => 'Variants', 'when' => 'Only where', 'channel' => 'Channel', 'severity' => 'Severity', 'category' => 'Category', 'during' => 'Received while open', 'outside' => 'Received while closed',
        'target_within' => 'Within', 'target_business_days' => 'Or business days', 'target_by' => 'By', 'target_cut_off' => 'Received today before', 'target_calendar' => 'In the calendar',
        'starts_on' => 'Starts on', 'stops_on' => 'Stops on', 'cancels_on' => 'Is cancelled on', 'pauses_on' => 'Pauses while', 'cycles' => 'How often', 'on_reopen' => 'When the ticket is reopened',
        'due_boundary' => 'Due at a closing', 'action' => 'Action', 'at' => 'At a share of the target', 'before' => 'Before due', 'after' => 'After', 'level' => 'Level', 'notify' => 'Who is notified',
        'assign_to' => 'Assign to', 'quiet_hours' => 'Quiet hours', 'until' => 'Until', 'repeat' => 'Repeat', 'every' => 'Every', 'times' => 'How often', 'status' => 'Status', 'reason' => 'Reason',
        'reasons' => 'Reasons that a pause may give', 'max_pause' => 'The longest pause', 'max_paused_total' => 'The longest sum of pauses', 'self_assign' => 'Agents may assign tickets to themselves',
        'agents_may_classify' => 'The assigned agent may set severity and category', 'agents_may_unassign' => 'The assigned agent may give the ticket back',
        'organizations_share' => 'Customers of one organization own its tickets together', 'agents_act_on' => 'Agents act on', 'critical_level' => 'Escalations are critical from level', 'monitor_lag' => 'The monitor alerts when later than',
        'burn' => 'Alerts of missed objectives', 'timer' => 'Timer', 'objective' => 'Share to be met', 'long_window' => 'Long window', 'short_window' => 'Short window', 'threshold' => 'Threshold', 'min_decided' => 'Fewest decided',
        'score_weights' => 'Weights of the score of an agent',
    ],
    'hints' => [
        'mon' => '08:00-12:00, 13:00-17:00', 'windows' => '08:00-12:00; blank: closed all day', 'dates' => '2026-12-25, every year --12-25, a range 2026-12-24 .. 2026-12-31', 'from' => '2026-12-24, every year --12-24',
        'time_zone' => 'For example Asia/Jakarta', 'target_within' => 'For example 4h or 1h30m; none for no promise', 'target_by' => 'close, same_time or 16:00', 'target_cut_off' => 'For example 15:00',
        'at' => 'For example 80%; a breach is at 100%', 'before' => 'For example 30m', 'after' => 'For example 2h', 'notify' => 'One a line. With addresses here: :audiences', 'every' => 'For example 30m',
        'severities' => 'One a line', 'categories' => 'One a line', 'reasons' => 'One a line; blank: any reason', 'max_pause' => 'For example 40h', 'objective' => 'For example 95%', 'threshold' => '200% uses up the tolerance twice as fast as it lasts',
        'long_window' => 'For example 24h', 'short_window' => 'For example 1h', 'monitor_lag' => 'For example 5m',
    ],
    'words' => [
        'opened' => 'it is opened', 'assigned' => 'it gets an agent', 'reassigned' => 'it gets another agent', 'team_assigned' => 'it gets a team', 'unassigned' => 'it loses its agent', 'customer_message' => 'the customer writes',
        'reply_owed' => 'a reply is owed', 'public_reply' => 'an agent answers', 'noted' => 'a note is written', 'resolved' => 'resolved', 'reopened' => 'it is reopened', 'pending' => 'waiting for the customer', 'on_hold' => 'on hold',
        'once' => 'once a ticket', 'repeated' => 'at each start', 'resume' => 'it resumes', 'new_cycle' => 'it starts anew', 'ignore' => 'nothing', 'close' => 'close', 'next_open' => 'moves to the next opening',
        'warn' => 'warn', 'escalate' => 'escalate', 'acknowledged' => 'acknowledged', 'remind' => 'remind', 'resolve' => 'resolve', 'team' => 'their own tickets and those of their teams', 'all' => 'all tickets',
    ],
    'what_if' => [
        'title' => 'What if, for past tickets', 'about' => 'The tickets that had an event in the last :days days, played again under the draft. What people did is taken as it was.',
        'cut' => 'Only the newest :shown of :count such tickets were played. The command sla:what-if plays all of them.', 'tickets' => 'Tickets', 'flipped' => 'With another outcome',
        'failed' => 'Tickets that cannot be played', 'before' => 'as it was', 'after' => 'under the draft', 'compliance' => 'Compliance', 'flips' => 'Other outcome', 'cause' => 'Because of', 'left_out' => 'Tickets that the draft does not know',
    ],
    'classes' => [
        'met' => 'Met', 'breached' => 'Breached', 'running' => 'Running', 'paused' => 'Paused', 'cancelled' => 'Cancelled', 'terms' => 'Ended by other terms', 'unpromised' => 'Without promise', 'none' => 'None',
    ],
    'causes' => ['target' => 'the target', 'calendar' => 'the calendar', 'rules' => 'the rules of the timer, of pauses or of inactivity', 'newly_promised' => 'a new target', 'no_longer_promised' => 'a target that is gone'],
    'revisions' => ['title' => 'Published revisions', 'revision' => 'Revision :version', 'changes' => '{1} 1 change|[2,*] :count changes'],
    'adoption' => [
        'title' => 'Adoption on open tickets', 'pending' => '{0} Every open ticket is under the newest revision.|{1} 1 open ticket is under an older revision.|[2,*] :count open tickets are under older revisions.',
        'apply' => 'Open tickets adopt the newest revision', 'start' => 'Let them adopt the newest revision', 'stop' => 'Stop', 'resume' => 'Go on', 'adopted' => 'Tickets that adopted it', 'refused' => 'Tickets that keep their revision', 'more' => 'More tickets',
        'looked' => ':looked of :tickets tickets', 'stalled' => 'The process that did this has ended. The monitor goes on with it, or the button below.',
        'statuses' => ['running' => 'Running', 'stopped' => 'Stopped', 'finished' => 'Finished'],
    ],
    'quiet' => ['off' => 'notify at once', 'calendar' => 'wait until it opens', 'of' => 'wait until :calendar opens'],
    'faults' => [
        'blank' => 'This is required.', 'twice' => 'This id is there twice.', 'long' => 'This is too long: ids have at most 128 bytes, names 255 characters.', 'number' => 'Write a whole number from 0 to 4294967295.',
        'cut' => 'The form has more fields than PHP reads, and nothing was stored. Raise max_input_vars in php.ini, which is :most.',
        'meanwhile' => 'This was changed meanwhile by somebody else. Nothing was stored yet; saving again replaces what they wrote.',
    ],
];
