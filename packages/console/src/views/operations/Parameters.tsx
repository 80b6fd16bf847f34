import type { VNode } from 'preact'
import { useTexts } from '../../app/language.js'
import { plainText } from '../../ui/plain-text.js'
import type { Field, Form } from './form.js'
import type { Filled, Texts } from './params.js'
import { texts } from './texts.js'

export interface ParametersProps {
  readonly form: Form
  readonly given: Texts
  readonly rest: string
  /** What is wrong with what was given, once somebody asked. */
  readonly filled: Filled | undefined
  readonly onGiven: (name: string, text: string) => void
  readonly onRest: (text: string) => void
}

/** The fields of an operation. */
export function Parameters({ form, given, rest, filled, onGiven, onRest }: ParametersProps): VNode {
  const words = useTexts(texts)
  const problem = filled !== undefined && 'problem' in filled ? filled : undefined
  const wrong = (name: string | undefined): string | undefined =>
    problem !== undefined && problem.field === name ? words.problem[problem.problem] : undefined
  if (form.fields.length === 0 && !form.rest) return <p class="note">{words.none}</p>
  return (
    <>
      {form.fields.map((field) => (
        <label key={field.name} class="field">
          <span>
            <b>
              <bdi>{plainText(field.name, 60)}</bdi>
            </b>{' '}
            <span class="note">{hintsOf(field, words).join(' · ')}</span>
          </span>
          <Input
            field={field}
            text={given.get(field.name) ?? ''}
            onGiven={(text) => onGiven(field.name, text)}
          />
          {field.description !== '' && <span class="note">{plainText(field.description, 500)}</span>}
          <Wrong text={wrong(field.name)} />
        </label>
      ))}
      {form.rest && (
        <label class="field">
          <span class="note">{form.fields.length === 0 ? words.whole : words.rest}</span>
          <textarea
            class="input mono"
            rows={3}
            spellcheck={false}
            placeholder="{}"
            value={rest}
            onInput={(event) => onRest(event.currentTarget.value)}
          />
          <Wrong text={wrong(undefined)} />
        </label>
      )}
    </>
  )
}

function hintsOf({ required, nullable, kind, unlessGiven }: Field, words: (typeof texts)['en']): string[] {
  return [
    ...(required ? [words.required] : []),
    ...(unlessGiven === undefined ? [] : [words.unlessGiven(plainText(unlessGiven, 60))]),
    ...(nullable && (kind === 'number' || kind === 'integer') ? [words.orNull] : []),
  ]
}

interface InputProps {
  readonly field: Field
  readonly text: string
  readonly onGiven: (text: string) => void
}

function Input({ field, text, onGiven }: InputProps): VNode {
  const words = useTexts(texts)
  const { kind, nullable, choices, unlessGiven } = field
  if (kind === 'flag' || kind === 'choice') {
    const values = kind === 'choice' ? choices : ['true', 'false', ...(nullable ? ['null'] : [])]
    const said: Readonly<Record<string, string>> = kind === 'flag' ? { true: words.yes, false: words.no } : {}
    return (
      <select class="input" value={text} onChange={(event) => onGiven(event.currentTarget.value)}>
        <option value="">{words.notGiven}</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {said[value] ?? plainText(value, 80)}
          </option>
        ))}
      </select>
    )
  }
  const isNumber = kind === 'number' || kind === 'integer'
  if (kind === 'json') {
    return (
      <textarea
        class="input mono"
        rows={2}
        spellcheck={false}
        placeholder={unlessGiven ?? 'JSON'}
        value={text}
        onInput={(event) => onGiven(event.currentTarget.value)}
      />
    )
  }
  return (
    <input
      class="input"
      type="text"
      inputMode={isNumber ? 'decimal' : 'text'}
      autocomplete="off"
      spellcheck={false}
      placeholder={isNumber ? unlessGiven : undefined}
      value={text}
      onInput={(event) => onGiven(event.currentTarget.value)}
    />
  )
}

function Wrong({ text }: { text: string | undefined }): VNode | null {
  return text === undefined ? null : (
    <span class="wrong" role="alert">
      {text}
    </span>
  )
}
