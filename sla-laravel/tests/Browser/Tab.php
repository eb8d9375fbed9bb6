<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Browser;

/** A tab of Chromium: what people do there, and what it reports. */
final class Tab
{
    private const KEYS = ['Tab' => 9, 'Enter' => 13, 'Space' => 32, 'ArrowDown' => 40, 'ArrowUp' => 38];

    /** @var list<string> what the console and the log said, exceptions, and requests that failed */
    private array $faults = [];

    /** @var list<string> addresses */
    private array $requests = [];

    /** @var array<string, string> headers of the page, names in lower case */
    private array $headers = [];

    public function __construct(private readonly Chromium $browser, private readonly string $session, private readonly string $target)
    {
        foreach (['Page', 'Runtime', 'Network', 'Log', 'Security'] as $domain) {
            $this->call("{$domain}.enable");
        }
        $this->call('Emulation.setTimezoneOverride', ['timezoneId' => 'Asia/Jakarta']);
        $this->call('Emulation.setLocaleOverride', ['locale' => 'en-GB']);
        $this->call('Emulation.setFocusEmulationEnabled', ['enabled' => true]);
    }

    /** Shows an address, and waits until it is loaded. */
    public function open(string $address): self
    {
        $this->look();
        $this->call('Page.navigate', ['url' => $address]);
        $this->loaded();

        return $this;
    }

    /** Waits until the page is loaded to which something led. */
    public function loaded(): void
    {
        if ($this->browser->awaited($this->session, 'Page.loadEventFired') === null) {
            throw new \RuntimeException('the page is not loaded');
        }
        $this->look();
    }

    /** @param string $scheme light or dark */
    public function as(string $scheme, int $width, int $height = 900, float $scale = 1): self
    {
        $this->call('Emulation.setEmulatedMedia', ['features' => [['name' => 'prefers-color-scheme', 'value' => $scheme], ['name' => 'prefers-reduced-motion', 'value' => 'reduce']]]);
        $this->call('Emulation.setDeviceMetricsOverride', ['width' => $width, 'height' => $height, 'deviceScaleFactor' => $scale, 'mobile' => $width < 500]);

        return $this;
    }

    /** Evaluates an expression of the page's script. */
    public function evaluate(string $expression): mixed
    {
        $answer = $this->call('Runtime.evaluate', ['expression' => $expression, 'returnByValue' => true, 'awaitPromise' => true]);
        if (isset($answer['exceptionDetails'])) {
            throw new \RuntimeException($answer['exceptionDetails']['exception']['description'] ?? $answer['exceptionDetails']['text']);
        }

        return $answer['result']['value'] ?? null;
    }

    /** Waits until an expression is true. */
    public function waitFor(string $expression, float $seconds = 20): bool
    {
        for ($until = microtime(true) + $seconds; microtime(true) < $until; usleep(50_000)) {
            if ($this->evaluate($expression) === true) {
                return true;
            }
        }

        return false;
    }

    public function press(string $key, bool $isShifted = false): void
    {
        $of = ['key' => $key === 'Space' ? ' ' : $key, 'code' => $key, 'windowsVirtualKeyCode' => self::KEYS[$key], 'modifiers' => $isShifted ? 8 : 0];
        $text = ['Enter' => "\r", 'Space' => ' '][$key] ?? null;
        $this->call('Input.dispatchKeyEvent', ['type' => $text === null ? 'rawKeyDown' : 'keyDown'] + $of + ($text === null ? [] : ['text' => $text]));
        $this->call('Input.dispatchKeyEvent', ['type' => 'keyUp'] + $of);
    }

    public function type(string $text): void
    {
        $this->call('Input.insertText', ['text' => $text]);
    }

    /** Presses Tab until the focus is on what a selector names. Returns whether it came there. */
    public function tabTo(string $selector, int $most = 200): bool
    {
        $selector = json_encode($selector, JSON_THROW_ON_ERROR);
        for ($pressed = 0; $pressed < $most; $pressed++) {
            if ($this->evaluate("document.activeElement.matches({$selector})") === true) {
                return true;
            }
            $this->press('Tab');
        }

        return false;
    }

    /** Returns the page as a PNG: what the window shows, or all of it. */
    public function screenshot(bool $isWhole = true): string
    {
        return (string) base64_decode($this->call('Page.captureScreenshot', ['format' => 'png', 'captureBeyondViewport' => $isWhole, 'optimizeForSpeed' => false]
            + ($isWhole ? ['clip' => $this->evaluate('({x: 0, y: 0, width: innerWidth, height: Math.min(8000, document.documentElement.scrollHeight), scale: 1})')] : []))['data'], true);
    }

    /** @return list<string> */
    public function faults(): array
    {
        $this->look();

        return $this->faults;
    }

    /** @return list<string> */
    public function requests(): array
    {
        $this->look();

        return $this->requests;
    }

    /** @return array<string, string> */
    public function headers(): array
    {
        return $this->headers;
    }

    public function close(): void
    {
        $this->browser->call('Target.closeTarget', ['targetId' => $this->target]);
        $this->browser->taken($this->session);
    }

    private function look(): void
    {
        foreach ($this->browser->taken($this->session) as ['method' => $method, 'params' => $found]) {
            match ($method) {
                'Runtime.consoleAPICalled' => $this->faults[] = 'console: ' . json_encode($found['args']),
                'Runtime.exceptionThrown' => $this->faults[] = 'exception: ' . json_encode($found['exceptionDetails']),
                'Log.entryAdded' => $this->faults[] = "{$found['entry']['source']}: {$found['entry']['text']} " . ($found['entry']['url'] ?? ''),
                'Network.loadingFailed' => ($found['canceled'] ?? false) ? null : $this->faults[] = "network: {$found['errorText']} " . ($found['blockedReason'] ?? ''),
                'Network.requestWillBeSent' => $this->requests[] = $found['request']['url'],
                'Network.responseReceived' => ($found['type'] ?? '') === 'Document' ? $this->headers = array_change_key_case($found['response']['headers']) : null,
                default => null,
            };
        }
    }

    /**
     * @param array<string, mixed> $parameters
     *
     * @return array<string, mixed>
     */
    private function call(string $method, array $parameters = []): array
    {
        return $this->browser->call($method, $parameters, $this->session);
    }
}
