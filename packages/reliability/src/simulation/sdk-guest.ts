import { GuestoolError, pause, type HandlerContext } from '@guestool/core'
import { createGuest, type Guest } from '@guestool/guest'
import { contract, type Mode, type World } from './contract.js'
import type { GuestPlan } from './plan.js'
import { maxPayload, padding, type ProgramSetting } from './program.js'

interface Question {
  readonly call: number
  readonly wait: number
  readonly mode: Mode
}

/** A guest of the SDK, whose handlers do what each call wants of them. */
export function sdkGuest(id: string, plan: GuestPlan, setting: ProgramSetting): Guest<World> {
  const { name, number, machine, dial, token, calls, history } = setting
  const { revision, maxPending } = plan
  const running = new Set<HandlerContext>()

  const work = async <T>(context: HandlerContext, wait: number, result: () => T): Promise<T> => {
    running.add(context)
    // Of what nobody waits for any more the responder knows nothing either.
    const counted = [...running].filter(({ signal }) => !signal.aborted).length
    if (counted > maxPending) history.violated('memoryIsBounded', `${name} works on ${counted} at once`)
    try {
      await pause(setting.work, wait)
      return result()
    } finally {
      running.delete(context)
    }
  }
  const answer = ({ call, wait, mode }: Question, context: HandlerContext) => {
    calls.ran(call)
    if (mode === 'never') return new Promise<never>((_resolve, reject) => heed(context, reject))
    return work(context, wait, () => {
      if (mode === 'throw') throw new Error('it was told to')
      if (mode === 'heeds') context.signal.throwIfAborted()
      if (mode === 'large') return { who: name, call, padding }
      if (mode === 'invalid') return JSON.parse('{"who":5}')
      return { who: name, call }
    })
  }
  const amount = { total: number, available: 0, used: 0, percent: 0 }
  return createGuest<World>(`ws://localhost/join/${id}`, {
    contract,
    clock: machine,
    dial,
    revision,
    maxPending,
    maxPayload,
    token,
    info: {
      python_version: 'unsupported',
      cpu: 'unsupported',
      memory: () => ({ mem: amount, swap: amount }),
      all_partitions: 'unsupported',
      all_disk_io: 'unsupported',
      all_network_io: 'unsupported',
      processes: 'unsupported',
      system_platform: 'unsupported',
      time: 'unsupported',
      echo: answer,
      sample: ({ wait }, context) => work(context, wait, () => ({ who: name, wait })),
      alone: ({ smptime }, context) => work(context, smptime * 1000, () => ({ who: name, smptime })),
    },
    action: {
      'matcher/list': 'unsupported',
      'matcher/info': 'unsupported',
      'matcher/hack': 'unsupported',
      'matcher/remove': 'unsupported',
      act: answer,
    },
  })
}

/** It answers only to the signal. */
function heed({ signal }: HandlerContext, reject: (error: unknown) => void): void {
  signal.addEventListener('abort', () => reject(new GuestoolError('failed', 'aborted')), { once: true })
}
