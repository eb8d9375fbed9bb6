<?php

declare(strict_types=1);

namespace Sla\Laravel\Http;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Illuminate\Support\HtmlString;
use Illuminate\Support\Str;
use Sla\Actor;
use Sla\Laravel\Support\Settings;
use Sla\Role;

/** Pages: a view gets one object, `$page`. */
final class Pages
{
    private function __construct()
    {
    }

    /** Returns whether a request wants a page, not JSON. */
    public static function isWanted(Request $request): bool
    {
        return !$request->expectsJson() && $request->routeIs('sla.*') && !$request->routeIs('sla.api.*');
    }

    /** @param array<string, mixed> $values */
    public static function view(Request $request, string $view, array $values, int $status = 200): Response
    {
        $actor = $request->attributes->get(Actors::ATTRIBUTE);

        return response()->view("sla::{$view}", [
            'page' => (object) ($values + [
                'isStaff' => $actor instanceof Actor && $actor->role !== Role::Customer,
                'isAdmin' => $actor instanceof Actor && $actor->role === Role::Admin,
                'zone' => new \DateTimeZone(app(Settings::class)->timeZone()),
            ]),
        ], $status);
    }

    /**
     * Returns a part of a page that is asked for again and again; 304 where nothing that it shows has changed.
     *
     * @param array<string, mixed> $values
     * @param mixed                $state  what it shows, without the instant, which changes each time
     */
    public static function fragment(Request $request, string $view, array $values, mixed $state): Response
    {
        $unchanged = new Response();
        $unchanged->setEtag(hash('sha256', serialize([app()->getLocale(), $state])));
        $response = $unchanged->isNotModified($request) ? $unchanged : self::view($request, $view, $values)->setEtag((string) $unchanged->getEtag());
        $response->headers->set('Cache-Control', 'private, no-cache');

        return $response;
    }

    /**
     * Answers a request that failed for a reason that is no refusal.
     *
     * @param array<string, string> $headers
     */
    public static function failed(Request $request, int $status, string $message, array $headers = []): Response|JsonResponse
    {
        return self::isWanted($request)
            ? self::view($request, 'refused', ['message' => $message, 'accepted' => ''], $status)->withHeaders($headers)
            : new JsonResponse(['message' => $message], $status, $headers);
    }

    /** Returns an instant for people; the script puts it into the zone of the viewer. */
    public static function time(?\DateTimeImmutable $at, \DateTimeZone $zone): HtmlString
    {
        // Of what is written here nothing needs an escape.
        return new HtmlString($at === null ? '–' : "<time datetime=\"{$at->format('Y-m-d\TH:i:s.u\Z')}\">{$at->setTimezone($zone)->format('Y-m-d H:i T')}</time>");
    }

    /** Returns what every form of a command has: the token of the session, and the id of the command. */
    public static function command(): HtmlString
    {
        return new HtmlString((string) csrf_field() . '<input type="hidden" name="_command_id" value="' . (string) Str::uuid() . '">');
    }

    /** Returns the address of a ticket's page. */
    public static function ticket(Request $request, int|string $id): string
    {
        return self::addressBefore($request, 'sla.ticket', [0], '0') . $id;
    }

    /** Returns the address that an agent's command on a ticket is posted to. */
    public static function act(Request $request, int|string $id, string $command): string
    {
        return self::addressBefore($request, 'sla.agent.act', [0, 'note'], '0/note') . "{$id}/{$command}";
    }

    /** Returns the name of a timer for people; a policy may have timers of its own. */
    public static function timer(string $id): string
    {
        $name = __("sla::sla.{$id}");

        // Where a language has no text, it answers with the key.
        return is_string($name) && $name !== "sla::sla.{$id}" ? $name : str_replace('_', ' ', $id);
    }

    /** Writes how much of a promise is left, or with a minus how long it is overdue. */
    public static function left(?int $remainingUs, ?int $overdueUs): string
    {
        return ($overdueUs ?? 0) > 0 ? '-' . self::length($overdueUs) : self::length($remainingUs);
    }

    /** Writes a length of time for people: `1 h 20 min`. */
    public static function length(?int $us): string
    {
        if ($us === null) {
            return '–';
        }
        $minutes = intdiv($us, 60_000_000);

        return match (true) {
            $minutes >= 60 => intdiv($minutes, 60) . ' h ' . $minutes % 60 . ' min',
            $minutes >= 1 => "{$minutes} min",
            default => intdiv($us, 1_000_000) . ' s',
        };
    }

    /**
     * Returns what the addresses of a route begin with. A list has many: the router makes the first one of a request.
     *
     * @param list<int|string> $parameters
     * @param string           $end        what the address ends with for these parameters
     */
    private static function addressBefore(Request $request, string $route, array $parameters, string $end): string
    {
        $key = "sla.address.{$route}";
        if (!$request->attributes->has($key)) {
            $request->attributes->set($key, substr(route($route, $parameters), 0, -strlen($end)));
        }

        return $request->attributes->get($key);
    }
}
