<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\Response;

/**
 * Style and script of the pages, under addresses that change with their content: an update needs no publishing, and a
 * browser never keeps an old one. The addresses have no file extension, because web servers often keep those to files.
 */
final class AssetController
{
    private const FILES = ['style' => ['app.css', 'text/css'], 'script' => ['app.js', 'text/javascript']];

    public function show(string $hash, string $name): Response
    {
        abort_unless(isset(self::FILES[$name]) && hash_equals(self::hash($name), $hash), 404);

        return new Response(self::content($name), 200, [
            'Content-Type' => self::FILES[$name][1] . '; charset=utf-8',
            'Cache-Control' => 'public, max-age=31536000, immutable',
            'X-Content-Type-Options' => 'nosniff',
        ]);
    }

    public static function url(string $name): string
    {
        return route('sla.asset', [self::hash($name), $name]);
    }

    private static function hash(string $name): string
    {
        return substr(hash('sha256', self::content($name)), 0, 16);
    }

    private static function content(string $name): string
    {
        return (string) file_get_contents(dirname(__DIR__, 3) . '/resources/dist/' . self::FILES[$name][0]);
    }
}
