<?php

return [
    'tickets' => 'Tickets', 'assigned' => 'Assigned to me', 'escalations' => 'Escalations', 'new' => 'New ticket', 'audit' => 'Audit',
    'none' => 'There is nothing here yet.', 'older' => 'Older tickets', 'all' => 'All', 'filter' => 'Filter',
    'number' => 'Number', 'subject' => 'Subject', 'status' => 'Status', 'package' => 'Package', 'channel' => 'Channel', 'agent' => 'Agent',
    'customer' => 'Customer', 'due' => 'Due', 'first_response' => 'First response', 'resolution' => 'Resolution', 'timer' => 'Timer',
    'state' => 'State', 'remaining' => 'Left', 'conversation' => 'Conversation', 'message' => 'Message',
    'note' => 'Internal note', 'send' => 'Send', 'reason' => 'Reason', 'until' => 'Until', 'level' => 'Level', 'at' => 'At',
    'request_escalation' => 'Request an escalation', 'rate' => 'Rate the resolution', 'score' => 'Score, 1 to 5', 'actions' => 'Actions',
    'assign' => 'Assign', 'pause' => 'Pause', 'resume' => 'Resume', 'resolve' => 'Resolve', 'close' => 'Close',
    'acknowledge' => 'Acknowledge', 'sound' => 'Chain verified: :count entries', 'unsound' => 'The chain is not what was written', 'state_unsound' => 'The stored state is not what the events say, so no deadline is explained.',
    'event' => 'Event', 'by' => 'By', 'hash' => 'Hash', 'explanation' => 'Explanation', 'skip' => 'Skip to the content', 'team' => 'Team',
    'refused' => 'Not possible', 'back' => 'Back to the tickets', 'waiting_customer' => 'Waiting for the customer', 'waiting_other' => 'Waiting for a third party',
    'unreadable_ticket' => 'The state of this ticket cannot be read: no due instant is known, and nothing can be done with it until an operator has repaired it. What was written is below.',
    'dashboard' => 'Dashboard', 'as_of' => 'As of', 'breached_open' => 'Breached and unresolved', 'refusals' => 'Refusals in 24 hours', 'unsent' => 'Notifications to send',
    'monitor_off' => 'The monitor is switched off: what is due waits.', 'monitor_late' => 'The monitor is late: :count tickets, the oldest for :length.', 'monitor_failed' => 'Tickets that cannot be read', 'next' => 'Due next',
    'definitions' => 'Policy', 'name' => 'Name', 'rank' => 'Rank', 'calendar' => 'Calendar',
    'priority' => 'Priority', 'save' => 'Save the draft', 'publish' => 'Publish',
    'published_as' => 'Revision :version, published by :by: :reason', 'changes' => 'What publishing changes', 'no_changes' => 'The draft is what is published.', 'channels' => 'Channels',
    'unresolved_escalations' => ':count are not resolved; :shown are shown, the highest level first.',
    'preview' => 'Preview on open tickets', 'apply' => 'Open tickets adopt the draft', 'show' => 'Show', 'due_before' => 'Due before',
    'first_of' => 'The first :shown of :count.', 'publish_keeps' => 'Open tickets stay under their own revision until an admin lets them adopt this one.',
    'applies' => ['keep' => 'and keep their due instants', 'from_now' => 'from now on', 'retroactive' => 'as if since they were opened'],
    'preview_counts' => [
        'tickets' => 'Open tickets', 'moved' => 'Due instants that move', 'arrived' => 'New promises', 'ended' => 'Promises that end',
        'breached' => 'Would be breached', 'refused' => 'Cannot adopt it',
    ],
    'work' => [
        'title' => 'My work', 'open' => 'My open tickets', 'unassigned' => 'Not assigned', 'escalations' => 'Escalations of my tickets', 'figures' => 'My figures', 'whose' => 'Whose',
        'own' => 'My own', 'teams' => 'Team :teams', 'all' => 'All agents', 'week' => 'This week', 'month' => 'This month',
        'none_open' => 'You have no open ticket.', 'none_unassigned' => 'Every ticket that you may see has an agent.',
    ],
    'statuses' => [
        'new' => 'New', 'open' => 'Open', 'pending' => 'Waiting for the customer', 'on_hold' => 'On hold', 'resolved' => 'Resolved', 'closed' => 'Closed',
        'withdrawn' => 'Withdrawn', 'voided' => 'Voided', 'acknowledged' => 'Acknowledged',
    ],
    'states' => [
        'not_started' => 'Not started', 'running' => 'Running', 'paused' => 'Paused', 'met' => 'Met', 'breached' => 'Breached', 'cancelled' => 'Cancelled',
        'unpromised' => 'Without promise', 'at_risk' => 'At risk', 'unreadable' => 'Cannot be read',
    ],
];
