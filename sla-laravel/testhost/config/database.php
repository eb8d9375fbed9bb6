<?php

return [
    'default' => env('DB_CONNECTION', 'sqlite'),
    'connections' => [
        'sqlite' => [
            'driver' => 'sqlite',
            'database' => env('DB_DATABASE', ':memory:'),
            'prefix' => '',
            'foreign_key_constraints' => true,
        ],
        'pgsql' => [
            'driver' => 'pgsql',
            'host' => '127.0.0.1',
            'port' => env('DB_PORT', 5432),
            'database' => env('DB_DATABASE', 'sla'),
            'username' => env('DB_USERNAME', 'postgres'),
            'password' => '',
            'prefix' => '',
            'sslmode' => 'disable',
            // What sla-laravel/README.md advises: one way to the database a statement, and one connection a worker, which is not
            // told its encoding and search path at each request.
            ...(env('DB_FAST')
                ? ['options' => [PDO::PGSQL_ATTR_DISABLE_PREPARES => true, PDO::ATTR_PERSISTENT => true]]
                : ['charset' => 'utf8', 'schema' => 'public']),
        ],
        'mysql' => [
            'driver' => 'mysql',
            'host' => '127.0.0.1',
            'port' => env('DB_PORT', 3306),
            'database' => env('DB_DATABASE', 'sla'),
            'username' => env('DB_USERNAME', 'sla'),
            'password' => '',
            'charset' => 'utf8mb4',
            'collation' => 'utf8mb4_unicode_ci',
            'prefix' => '',
            'strict' => true,
        ],
    ],
    'migrations' => 'migrations',
];
