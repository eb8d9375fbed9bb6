<?php

declare(strict_types=1);

namespace Sla\Laravel\Benches;

/** Asks a php-fpm as a web server does. */
final class FastCgi
{
    public function __construct(private readonly string $socket, private readonly string $script)
    {
    }

    /**
     * @param array<string, string> $headers
     *
     * @return array{status: int, headers: string, body: string, us: float}
     */
    public function get(string $address, array $headers = []): array
    {
        [$path, $query] = explode('?', $address, 2) + [1 => ''];
        $values = [
            'GATEWAY_INTERFACE' => 'CGI/1.1', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_METHOD' => 'GET', 'SCRIPT_FILENAME' => $this->script, 'SCRIPT_NAME' => '/index.php',
            'REQUEST_URI' => $address, 'QUERY_STRING' => $query, 'DOCUMENT_URI' => $path, 'SERVER_NAME' => '127.0.0.1', 'SERVER_PORT' => '80', 'REMOTE_ADDR' => '127.0.0.1', 'HTTP_HOST' => 'support.test',
        ];
        foreach ($headers as $name => $value) {
            $values['HTTP_' . strtoupper(strtr($name, '-', '_'))] = $value;
        }
        $parameters = '';
        foreach ($values as $name => $value) {
            $parameters .= self::length($name) . self::length($value) . $name . $value;
        }
        $started = hrtime(true);
        $stream = stream_socket_client("unix://{$this->socket}") ?: throw new \RuntimeException('php-fpm does not listen');
        // Begin, parameters, no body.
        fwrite($stream, self::record(1, "\0\1\0\0\0\0\0\0") . self::record(4, $parameters) . self::record(4, '') . self::record(5, ''));
        $said = '';
        while (($header = self::read($stream, 8)) !== '') {
            ['type' => $type, 'length' => $length, 'padding' => $padding] = unpack('Cversion/Ctype/nid/nlength/Cpadding', $header);
            $content = self::read($stream, $length);
            self::read($stream, $padding);
            if ($type === 6) {
                $said .= $content;
            } elseif ($type === 3) {
                break;
            }
        }
        $us = (hrtime(true) - $started) / 1000;
        fclose($stream);
        [$head, $body] = explode("\r\n\r\n", $said, 2) + [1 => ''];

        return ['status' => preg_match('/^Status: (\d+)/m', $head, $found) === 1 ? (int) $found[1] : 200, 'headers' => $head, 'body' => $body, 'us' => $us];
    }

    private static function length(string $text): string
    {
        return strlen($text) < 128 ? chr(strlen($text)) : pack('N', strlen($text) | 0x80000000);
    }

    private static function record(int $type, string $content): string
    {
        return pack('CCnnCC', 1, $type, 1, strlen($content), 0, 0) . $content;
    }

    /** @param resource $stream */
    private static function read(mixed $stream, int $length): string
    {
        $read = '';
        while (strlen($read) < $length && ($some = fread($stream, $length - strlen($read))) !== false && $some !== '') {
            $read .= $some;
        }

        return $read;
    }
}
