<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidPolicy;
use Sla\Native\Library;

/** A policy document that was checked as a whole. docs/policy.md describes the format. */
final class Policy
{
    private ?PolicyValues $values = null;

    private function __construct(private readonly string $json, private readonly ?Zones $zones)
    {
    }

    /**
     * Checks a document.
     *
     * @throws InvalidPolicy with every problem in `related`
     */
    public static function fromJson(string $json, ?Zones $zones = null): self
    {
        return new self(Library::get()->policyText('sla_policy_check', $json, strlen($json), $zones?->pointer()), $zones);
    }

    /**
     * Returns the policy of an engine, which checked it.
     *
     * @internal
     */
    public static function checked(string $json, ?Zones $zones): self
    {
        return new self($json, $zones);
    }

    /** Returns the document, in the order of the format; pointers of warnings and changes are about this text. */
    public function json(): string
    {
        return $this->json;
    }

    /** Returns the digest of what the policy says: equal policies have equal ones, however they are written. */
    public function digest(): string
    {
        return $this->digests()->policy_digest;
    }

    /** Returns the digest of the policy together with the time-zone rules in force. */
    public function rulesDigest(): string
    {
        return $this->digests()->rules_digest;
    }

    /**
     * Returns what is legal but probably not meant, as of an instant.
     *
     * @return list<Warning>
     */
    public function lint(\DateTimeInterface $asOf): array
    {
        $text = Library::get()->policyText('sla_policy_lint', $this->json, strlen($this->json), $this->zones?->pointer(), Time::toUs($asOf));

        return Json::each(Warning::read(...), Json::read($text)->warnings);
    }

    /**
     * Returns what this policy says otherwise than an older one.
     *
     * @return list<PolicyChange>
     */
    public function changesSince(self $older): array
    {
        $text = Library::get()->policyText('sla_policy_changes', $older->json, strlen($older->json), $this->json, strlen($this->json), $this->zones?->pointer());

        return Json::each(PolicyChange::read(...), Json::read($text)->changes);
    }

    /**
     * Returns the policy as values, for lists and forms. What a package leaves out is that of the package it extends, what a
     * timer leaves out that of its preset. The same values each time: they are read once.
     *
     * @throws InvalidPolicy `limit_exceeded` where packages have too many channels, variants and targets together
     */
    public function values(): PolicyValues
    {
        return $this->values ??= PolicyValues::read(Json::read(Library::get()->policyText('sla_policy_values', $this->json, strlen($this->json), $this->zones?->pointer())));
    }

    /** Returns whether another policy has the same rules: it is equal but for `version`, and a draft of it need not be published. */
    public function sameRulesAs(self $other): bool
    {
        return Library::get()->number('int32_t', 'sla_policy_same_rules', $this->json, strlen($this->json), $other->json, strlen($other->json), $this->zones?->pointer()) === 1;
    }

    /**
     * Returns what the pointer of a problem, a warning or a change is about, for a form. The document need not be a valid
     * policy. For a change it is the document that its path points into.
     */
    public static function placeIn(string $json, string $pointer): PolicyPlace
    {
        return PolicyPlace::read(Json::read(Library::get()->policyText('sla_policy_place', $json, strlen($json), $pointer, strlen($pointer))));
    }

    /**
     * Publishes this policy as a revision: makes the entry for the policy's chain, with the list of changes.
     *
     * @param string  $reason        why, not blank
     * @param ?self   $previous      the revision before; `null` for the first one
     * @param ?string $previousEntry its entry in the chain
     */
    public function publish(Actor $by, string $reason, \DateTimeInterface $at, ?self $previous = null, ?string $previousEntry = null): Publication
    {
        $actor = $by->json();
        $text = Library::get()->policyText(
            'sla_policy_publish',
            ...[...self::text($this->json), ...self::text($previous?->json), ...self::text($previousEntry), ...self::text($actor), ...self::text($reason)],
            ...[Time::toUs($at), $this->zones?->pointer()],
        );

        return Publication::read(Json::read($text));
    }

    private function digests(): \stdClass
    {
        return Json::read(Library::get()->policyText('sla_policy_digests', $this->json, strlen($this->json), $this->zones?->pointer()));
    }

    /** @return array{?string, int} */
    private static function text(?string $text): array
    {
        return [$text, strlen($text ?? '')];
    }
}
