import type { VNode } from 'preact'
import { useMemo, useRef, useState } from 'preact/hooks'
import { adding } from '../../app/adding.js'
import { useCell } from '../../app/cell.js'
import { tallyOf } from '../../app/fleet/problems.js'
import { useTexts } from '../../app/language.js'
import { useSession } from '../../app/session.js'
import { shellTexts } from '../../app/texts/index.js'
import { Button } from '../../ui/Button.js'
import { EmptyState } from '../../ui/EmptyState.js'
import { ErrorText } from '../../ui/ErrorText.js'
import { Waiting } from '../../ui/Waiting.js'
import { arrange, firstWish, type Wish } from './arrange.js'
import { List } from './List.js'
import { RemoveGuest } from './RemoveGuest.js'
import { texts } from './texts.js'
import { Toolbar } from './Toolbar.js'
import './fleet.css'

/** What was wished for stays while other views are shown. */
let wishedBefore = firstWish

/** All guests, the worst first. */
export function FleetView(): VNode {
  const t = useTexts(texts)
  const { addGuest } = useTexts(shellTexts)
  const { fleet, about, state } = useSession()
  const members = useCell(fleet.members)
  const trouble = useCell(fleet.trouble)
  const admin = useCell(about)?.access.admin === true
  const stale = useCell(state) !== 'open'
  const [wish, setWish] = useState<Wish>(wishedBefore)
  const [removing, setRemoving] = useState<string>()
  const filter = useRef<HTMLInputElement>(null)
  wishedBefore = wish
  const items = useMemo(() => arrange(members?.values() ?? [], wish), [members, wish])
  const tally = useMemo(() => tallyOf(members?.values() ?? []), [members])
  if (members === undefined)
    return trouble === undefined ? <Waiting label={t.loading} /> : <ErrorText error={trouble} />
  if (members.size === 0) {
    return (
      <EmptyState title={t.empty}>
        <p>{admin ? t.emptyAdmin : t.emptyOther}</p>
        {admin && (
          <Button kind="main" onClick={() => (adding.value = true)}>
            {addGuest}
          </Button>
        )}
      </EmptyState>
    )
  }
  return (
    <section class={`fleet${stale ? ' is-stale' : ''}`} aria-label={t.title}>
      <h1 class="hidden">{t.title}</h1>
      <Toolbar wish={wish} onWish={setWish} tally={tally} filter={filter} />
      {stale && <p class="note">{t.stale}</p>}
      <List
        items={items}
        wish={wish}
        onWish={setWish}
        filter={filter}
        onRemove={admin && !stale ? setRemoving : undefined}
      />
      {items.length === 0 && (
        <EmptyState title={t.none}>
          <Button onClick={() => setWish({ ...wish, text: '', show: 'all' })}>{t.clear}</Button>
        </EmptyState>
      )}
      {removing !== undefined && <RemoveGuest id={removing} onClose={() => setRemoving(undefined)} />}
    </section>
  )
}
