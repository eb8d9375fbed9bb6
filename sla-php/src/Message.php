<?php

declare(strict_types=1);

namespace Sla;

/** A message as the ticket knows it: the host's reference and a digest. The text stays with the host. */
final class Message
{
    /** @param string $contentSha256 64 hexadecimal digits */
    public function __construct(public readonly string $ref, public readonly string $contentSha256)
    {
    }

    /** Makes the digest of a content. */
    public static function of(string $ref, string $content): self
    {
        return new self($ref, hash('sha256', $content));
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->message_ref, $document->content_sha256);
    }

    /**
     * @internal
     *
     * @return array<string, string>
     */
    public function document(): array
    {
        return ['message_ref' => $this->ref, 'content_sha256' => $this->contentSha256];
    }
}
