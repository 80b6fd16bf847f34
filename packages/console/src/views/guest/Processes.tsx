import type { GuestoolShape } from '@guestool/core'
import type { VNode } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { language, useTexts } from '../../app/language.js'
import { bytes, duration, percent, unknown } from '../../ui/format.js'
import { plainText } from '../../ui/plain-text.js'
import { Table } from '../../ui/Table.js'
import { Answer } from './Answer.js'
import { busiest, oncePerPid, type Process } from './process-rows.js'
import { ProcessTable } from './ProcessTable.js'
import { Runtime } from './Runtime.js'
import { nextSmptime, type Sampling } from './sampling.js'
import { processesEvery, type Subject } from './subject.js'
import { texts } from './texts.js'
import { useInfo, type Asked } from './use-info.js'

/** Seconds between samples while all of them are looked at. */
const everyInFull = 5

export interface ProcessesProps {
  readonly subject: Subject
  readonly now: number
  readonly time: Asked<GuestoolShape['info']['time']['result']>
}

/** The process that is the guest, the busiest ones, and on demand all of them. */
export function Processes({ subject, now, time }: ProcessesProps): VNode {
  const { hub, guest, record, active } = subject
  const words = useTexts(texts)
  const speaks = useCell(language)
  const [isFull, setFull] = useState(false)
  const sampling = useRef<Sampling | undefined>(undefined)
  const asked = useInfo({
    async ask(signal) {
      const ask = async (): Promise<Process[]> => {
        const smptime = nextSmptime(record.revision, sampling.current)
        const start = performance.now()
        const list = oncePerPid(await guest.info('processes', { smptime }, { signal }))
        sampling.current = { smptime, took: (performance.now() - start) / 1_000 }
        return list
      }
      const list = await ask()
      // Without sampling there is nothing to be said of how busy they are.
      return sampling.current?.smptime === 0 ? ask() : list
    },
    every: (isFull ? everyInFull : processesEvery) * 1_000,
    active,
    of: [hub, guest.id, record.connected_ts],
  })
  return (
    <>
      <Runtime subject={subject} now={now} time={time} processes={asked} />
      <section class="block">
        <h2>{words.busiest}</h2>
        <Answer asked={asked} active={active}>
          {(list) => (
            <>
              <Table<Process, 'name' | 'cpu' | 'mem' | 'age'>
                label={words.busiest}
                rows={busiest(list, 5)}
                rowKey={({ pid }) => pid}
                columns={[
                  { key: 'name', title: words.column.name, cell: ({ name }) => <Name name={name} /> },
                  {
                    key: 'cpu',
                    title: words.column.cpu_stdperc,
                    numeric: true,
                    cell: ({ cpu_stdperc }) => percent(speaks, cpu_stdperc),
                  },
                  {
                    key: 'mem',
                    title: words.column.mem,
                    numeric: true,
                    cell: ({ mem }) => bytes(speaks, mem),
                  },
                  {
                    key: 'age',
                    title: words.column.age,
                    numeric: true,
                    cell: ({ age }) => duration(speaks, age),
                  },
                ]}
              />
              <details class="inner" open={isFull} onToggle={(event) => setFull(event.currentTarget.open)}>
                <summary>{words.allProcesses(list.length)}</summary>
                {isFull && <ProcessTable processes={list} />}
              </details>
            </>
          )}
        </Answer>
      </section>
    </>
  )
}

/** The name of a process, which may be any text of any length. */
export function Name({ name }: { name: string }): VNode {
  return (
    <span class="process-name" title={plainText(name, 300)}>
      <bdi>{plainText(name) || unknown}</bdi>
    </span>
  )
}
