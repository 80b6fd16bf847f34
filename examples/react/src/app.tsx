import type { Hub } from '@guestool/client'
import { useMemo, useState } from 'react'
import { useGuests } from './use-guests.js'
import { useInfo } from './use-info.js'

export function App({ hub }: { readonly hub: Hub }) {
  const { guests, state } = useGuests(hub)
  const [chosen, choose] = useState<string>()
  const id = chosen ?? guests[0]?.id
  return (
    <>
      <section>
        <h2>Guests</h2>
        {state !== 'open' && <p role="alert">{state}</p>}
        <ul>
          {guests.map((guest) => (
            <li key={guest.id}>
              <button type="button" aria-current={guest.id === id} onClick={() => choose(guest.id)}>
                {guest.id} <span className={guest.state}>{guest.state}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      {id !== undefined && <Guest hub={hub} id={id} />}
    </>
  )
}

function Guest({ hub, id }: { readonly hub: Hub; readonly id: string }) {
  const guest = useMemo(() => hub.guest(id), [hub, id])
  const cpu = useInfo(guest, 'cpu', 0.2)
  const memory = useInfo(guest, 'memory', undefined, { every: 5_000 })
  return (
    <section aria-label={id}>
      <h2>{id}</h2>
      <Gauge name="cpu" percent={cpu.result?.cpu_percent} error={cpu.error}>
        {cpu.result && `${cpu.result.cpu_ncores.logical} cores`}
      </Gauge>
      <Gauge name="memory" percent={memory.result?.mem.percent} error={memory.error}>
        {memory.result && `${(memory.result.mem.total / 2 ** 30).toFixed(1)} GiB`}
      </Gauge>
    </section>
  )
}

interface GaugeProps {
  readonly name: string
  readonly percent: number | undefined
  readonly error: unknown
  readonly children: string | undefined
}

function Gauge({ name, percent, error, children: size }: GaugeProps) {
  return (
    <p>
      {name}: {percent === undefined ? '…' : `${percent.toFixed(1)} % of ${size}`}
      <meter aria-label={name} max="100" high={90} value={percent ?? 0} />
      {error instanceof Error && <span role="alert">{error.message}</span>}
    </p>
  )
}
