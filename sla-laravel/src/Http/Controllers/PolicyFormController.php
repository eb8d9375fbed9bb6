<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\Request;
use Illuminate\Validation\ValidationException;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Policy\DraftForms;
use Sla\Laravel\Policy\DraftReview;
use Sla\Laravel\Policy\Forms\Field;
use Sla\Laravel\Policy\Forms\Form;
use Sla\Laravel\Policy\Forms\FormReader;
use Sla\Laravel\Policy\PolicyDraft;
use Symfony\Component\HttpFoundation\Response;

/** The parts of the draft as forms, for admins. They work without script: each button sends the form. */
final class PolicyFormController extends SlaController
{
    private const ACTION = 'manage_policy';

    public function __construct(private readonly DraftForms $forms, private readonly DraftReview $review, private readonly PolicyDraft $draft)
    {
    }

    public function show(Request $request, string $part): Response
    {
        $denied = $this->denied($request, self::ACTION);
        if ($denied !== null) {
            return $denied;
        }
        $id = $this->id($request, $part);
        if ($id === null && in_array($part, DraftForms::WITH_ENTRIES, true)) {
            return redirect()->route('sla.definitions', [], 303);
        }
        $draft = $this->review->of();
        $value = $this->forms->value($part, $id, $draft['document']);
        $messages = self::messages($draft, $part, $id);

        return $this->page($request, $part, $id, $draft['document'], $value, $messages, null, self::digest($value), $request->hasSession() && $request->session()->get('sla_saved') === true);
    }

    /** Stores what was typed, or shows the form again with a row more, less, or moved up. */
    public function save(Request $request, string $part): Response
    {
        $denied = $this->denied($request, self::ACTION);
        if ($denied !== null) {
            return $denied;
        }
        $id = $this->id($request, $part);
        abort_if($id === null && in_array($part, DraftForms::WITH_ENTRIES, true), 422, 'the form names no entry');
        $do = $request->input('_do');

        return $this->draft->alone(fn (): Response => $this->did($request, $part, $id, is_string($do) ? $do : 'save'));
    }

    private function did(Request $request, string $part, ?string $id, string $do): Response
    {
        $document = $this->review->document();
        $stored = $this->forms->value($part, $id, $document);
        if ($do === 'delete') {
            $this->forms->write($part, $id, null, $document, $this->actor($request)->id);

            return redirect()->route('sla.definitions', [], 303);
        }
        if ($request->input('_end') !== '1') {
            throw ValidationException::withMessages(['f' => __('sla::policy.faults.cut', ['most' => (int) ini_get('max_input_vars')])]);
        }
        $field = $this->forms->field($part, $document);
        $value = (new FormReader($do !== 'save'))->read($field, $request->input('f'));
        $seen = $request->input('_seen');
        $seen = is_string($seen) ? $seen : '';
        if ($do !== 'save') {
            [$value, $focus] = Form::edited($field, $value, $do);

            return $this->page($request, $part, $id, $document, $value, [], $focus, $seen);
        }
        if ($seen !== self::digest($stored)) {
            // Saving again writes over it.
            return $this->page($request, $part, $id, $document, $value, ['' => ['faults' => [__('sla::policy.faults.meanwhile')]]], null, self::digest($stored), status: 409);
        }
        $faults = $this->forms->write($part, $id, $value, $document, $this->actor($request)->id);
        if ($faults !== []) {
            $messages = array_map(static fn (array $of): array => ['faults' => $of], $faults);

            return $this->page($request, $part, $id, $document, $value, $messages, null, $seen, status: 422);
        }
        if ($request->hasSession()) {
            $request->session()->flash('sla_saved', true);
        }

        return redirect()->route('sla.definitions.part', ['part' => $part] + ($id === null ? [] : ['id' => $id]), 303);
    }

    /** @param array<string, array<string, list<string>>> $messages */
    private function page(
        Request $request,
        string $part,
        ?string $id,
        \stdClass $document,
        mixed $value,
        array $messages,
        ?string $focus,
        string $seen,
        bool $isSaved = false,
        int $status = 200,
    ): Response {
        return Pages::view($request, 'admin.part', [
            'part' => $part,
            'id' => $id,
            'form' => new Form($this->forms->field($part, $document), $value, $messages, $focus),
            'seen' => $seen,
            'isSaved' => $isSaved,
            'isNew' => $this->forms->value($part, $id, $document) === null,
            'audiences' => $this->forms->audiences(),
        ], $status);
    }

    /** Returns the entry that a request names; `null` where it names none, or the part has no entries. */
    private function id(Request $request, string $part): ?string
    {
        $id = in_array($part, DraftForms::WITH_ENTRIES, true) ? (new FormReader())->read(Field::of(Field::TEXT, 'id'), $request->input('id')) : null;

        return is_string($id) ? $id : null;
    }

    /**
     * @param array<string, mixed> $draft
     *
     * @return array<string, array<string, list<string>>>
     */
    private static function messages(array $draft, string $part, ?string $id): array
    {
        $messages = [];
        foreach (['problems' => 'faults', 'warnings' => 'warnings'] as $what => $kind) {
            foreach ($draft[$what] as $one) {
                if ($one['place']['part'] === $part && $one['place']['id'] === $id) {
                    $messages[$one['place']['at']][$kind][] = $one['message'] . ($one['help'] === '' ? '' : "; {$one['help']}");
                }
            }
        }

        return $messages;
    }

    private static function digest(mixed $value): string
    {
        return hash('sha256', json_encode($value, JSON_THROW_ON_ERROR));
    }
}
