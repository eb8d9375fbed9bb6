<?php

return [
    'default' => env('MAIL_MAILER', 'array'),
    'mailers' => ['array' => ['transport' => 'array'], 'smtp' => ['transport' => 'smtp', 'host' => '127.0.0.1', 'port' => env('MAIL_PORT', 2525)]],
    'from' => ['address' => 'support@example.test', 'name' => 'Support'],
    'markdown' => ['theme' => 'default', 'paths' => []],
];
