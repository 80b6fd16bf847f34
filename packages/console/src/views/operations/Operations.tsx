import type { HubGuest } from '@guestool/client'
import { findOperation, isGuestoolError, type CallOptions, type OperationKind } from '@guestool/core'
import type { VNode } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { useTexts } from '../../app/language.js'
import { useSession } from '../../app/session.js'
import { Button } from '../../ui/Button.js'
import { ErrorText } from '../../ui/ErrorText.js'
import { Waiting } from '../../ui/Waiting.js'
import { formOf } from './form.js'
import { Parameters } from './Parameters.js'
import { paramsOf, type Filled } from './params.js'
import { Result, type Outcome } from './Result.js'
import { texts } from './texts.js'
import { useContract } from './use-contract.js'

type Untyped = Record<OperationKind, (name: string, params: object, options: CallOptions) => Promise<unknown>>

interface Chosen {
  readonly kind: OperationKind
  readonly name: string
}

const first: Chosen = { kind: 'info', name: 'cpu' }

/** Asks a guest for anything that its host's contract has. */
export function Operations({ guest, active }: { guest: HubGuest; active: boolean }): VNode {
  const words = useTexts(texts)
  const session = useSession()
  const mayAct = useCell(session.about)?.access.actions ?? false
  const { table, isOwn, error } = useContract()
  const [wanted, setWanted] = useState(first)
  if (table === undefined) return error === undefined ? <Waiting /> : <ErrorText error={error} />
  const names = (kind: OperationKind): string[] =>
    // What cannot be asked is not offered: a name that none can have.
    Object.keys(table[kind]).filter((name) => findOperation(session.contract, kind, name) !== undefined)
  // A host may have a contract without it.
  const chosen = names(wanted.kind).includes(wanted.name)
    ? wanted
    : { kind: 'info' as const, name: names('info')[0] ?? '' }
  const group = (kind: OperationKind, label: string): VNode => (
    <optgroup label={label}>
      {names(kind).map((name) => (
        <option key={name} value={`${kind} ${name}`}>
          {name}
        </option>
      ))}
    </optgroup>
  )
  return (
    <div class="operations">
      {isOwn && <p class="note">{words.oldHost}</p>}
      <label class="field">
        <span>{words.operation}</span>
        <select
          class="input"
          value={`${chosen.kind} ${chosen.name}`}
          onChange={(event) => {
            const [kind, name = ''] = event.currentTarget.value.split(' ')
            setWanted({ kind: kind === 'action' ? 'action' : 'info', name })
          }}
        >
          {group('info', words.infos)}
          {mayAct && group('action', words.actions)}
        </select>
      </label>
      {!mayAct && <p class="note">{words.forbidden}</p>}
      <Question
        key={`${chosen.kind} ${chosen.name}`}
        chosen={chosen}
        guest={guest}
        active={active}
        schema={table[chosen.kind][chosen.name]?.params}
      />
    </div>
  )
}

interface QuestionProps {
  readonly chosen: Chosen
  readonly guest: HubGuest
  readonly active: boolean
  /** JSON Schema of the parameters. */
  readonly schema: unknown
}

function Question({ chosen: { kind, name }, guest, active, schema }: QuestionProps): VNode {
  const words = useTexts(texts)
  const form = useMemo(() => formOf(schema), [schema])
  const [given, setGiven] = useState<ReadonlyMap<string, string>>(new Map())
  const [rest, setRest] = useState('')
  const [filled, setFilled] = useState<Filled | undefined>()
  const [isAsking, setAsking] = useState(false)
  const [isConfirming, setConfirming] = useState(false)
  const [outcome, setOutcome] = useState<Outcome | undefined>()
  const left = useRef(new AbortController())
  useEffect(() => () => left.current.abort(), [])

  const ask = async (params: Readonly<Record<string, unknown>>): Promise<void> => {
    setConfirming(false)
    setAsking(true)
    const start = performance.now()
    const end = (result: Pick<Outcome, 'value' | 'error'>): void => {
      if (left.current.signal.aborted) return
      setOutcome({ ...result, ts: Date.now() / 1_000, seconds: (performance.now() - start) / 1_000 })
      setAsking(false)
    }
    // Names that only the host's contract has are not in the types.
    const asked = guest as unknown as Untyped
    try {
      end({ value: await asked[kind](name, params, { signal: left.current.signal }) })
    } catch (error) {
      end({ error, ...(isGuestoolError(error) && error.raw !== undefined ? { value: error.raw } : {}) })
    }
  }
  const submit = (): void => {
    const now = paramsOf(form, given, rest)
    setFilled(now)
    if (!('params' in now)) return
    if (kind === 'action') setConfirming(true)
    else void ask(now.params)
  }
  return (
    <form
      class="question"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Parameters
        form={form}
        given={given}
        rest={rest}
        filled={filled}
        onGiven={(field, text) => setGiven(new Map(given).set(field, text))}
        onRest={setRest}
      />
      <div class="line">
        {isConfirming && filled !== undefined && 'params' in filled ? (
          <span class="confirm" role="alert">
            {words.confirm(name, guest.id)}{' '}
            <Button kind="danger" disabled={!active || isAsking} onClick={() => void ask(filled.params)}>
              {words.confirmed}
            </Button>{' '}
            <Button onClick={() => setConfirming(false)}>{words.cancel}</Button>
          </span>
        ) : (
          <Button kind="main" type="submit" disabled={!active || isAsking}>
            {isAsking ? words.asking : kind === 'action' ? words.run : words.ask}
          </Button>
        )}
        {!active && <span class="note">{words.away}</span>}
      </div>
      {outcome && <Result outcome={outcome} />}
    </form>
  )
}
