<?php

// For php.ini where `ffi.enable` stays `preload`, as it is by default: web requests may then use FFI only through the
// classes that PHP compiled at its start.
//
//   opcache.preload=/path/to/vendor/sla-engine/sla/preload.php
//   opcache.preload_user=www-data
//   ffi.preload=/etc/php/sla-preload.h      ; written by: vendor/bin/sla-doctor --preload-header
//
// README.md says more. Nothing is loaded here: PHP itself loads the library that the header names.

declare(strict_types=1);

$folder = new RecursiveIteratorIterator(new RecursiveDirectoryIterator(__DIR__ . '/src', FilesystemIterator::SKIP_DOTS));
foreach ($folder as $file) {
    if ($file->getExtension() === 'php') {
        opcache_compile_file($file->getPathname());
    }
}
