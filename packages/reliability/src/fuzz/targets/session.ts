import {
  dispatch,
  Failure,
  guestool,
  isGuestId,
  revision1,
  revision2,
  type Answer,
  type Session,
} from '@guestool/core'
import { Stage, type Staged } from '@guestool/testing'
import { fair, frame } from '../grammar.js'
import { HostilePeer } from '../hostile-peer.js'
import { frames } from '../seeds.js'
import { commandOf, hasProtoKey, isExpected, promise, waitOf, type Target, type Watch } from '../target.js'

// One session, in the hands of a peer that says anything: asking or answering, of either revision, about one guest or
// many.

const maxPayload = 32 * 1024

interface Staging {
  readonly revision: 1 | 2
  readonly addressed: boolean
}

/** A session that asks, and is lied to. */
const requester = (staging: Staging): Target => ({
  ...target('requester', staging),
  async play(steps, watch) {
    const stage = new Stage()
    const staged = stage.requester(optionsOf(staging))
    let [asked, settled] = [0, 0]
    const ask = (): void => {
      asked++
      const guest = staging.addressed ? 'alpha' : undefined
      const answered = staged.role.ask('info', 'cpu', { smptime: 0.1 }, { timeout: 30_000 }, guest)
      void answered.finally(() => settled++)
      void answered.then((content) =>
        promise(content instanceof Failure || !hasProtoKey(content), 'a key "__proto__" came through'),
      )
      void staged.asker.info('bots_connect_time').then(
        () => settled++,
        (error: unknown) => {
          settled++
          promise(isExpected(error), `a call failed with ${String(error)}`)
        },
      )
      asked++
    }
    await play(stage, staged, steps, watch, ask, () => {
      const { pending } = staged.role
      promise(
        pending === asked - settled,
        `${pending} calls wait, of ${asked}, of which ${settled} are settled`,
      )
      const strangers = staged.asker.events.filter(({ data }) => hasProtoKey(data)).length
      promise(strangers === 0, `${strangers} events with a key "__proto__" came through`)
    })
    promise(settled === asked, `${asked - settled} of ${asked} calls never settled`)
    for (const error of staged.asker.errors)
      promise(isExpected(error), `an event failed with ${String(error)}`)
  },
})

/** A session that answers whoever asks anything. */
const responder = (staging: Staging): Target => ({
  ...target('responder', staging),
  async play(steps, watch) {
    const stage = new Stage()
    const answer = answering()
    const staged = stage.responder((request, context, guest) => {
      promise(!hasProtoKey(request.params), 'a key "__proto__" came through')
      promise(guest === undefined || isGuestId(guest), `"${guest}" came through as a guest`)
      return answer(request, context)
    }, optionsOf(staging))
    let calls = 0
    await play(stage, staged, steps, watch, () => {
      calls++
      staged.role.emit('made_up', { calls })
    })
    const { pending } = staged.role
    promise(pending === 0, `${pending} requests are worked on after the end`)
    const wrong = staged.errors.find(({ error }) => String(error).includes('came through'))
    promise(wrong === undefined, String(wrong?.error))
  },
})

/** Answers at once, never, with an error, and with what has fewer characters than a frame may have bytes, but more bytes. */
function answering(): Answer {
  return dispatch(guestool, {
    info: {
      bots: () => [],
      apicall: () => ({ alpha: { ['漢'.repeat(maxPayload / 3)]: 1 } }),
      cpu: () => new Promise(() => undefined),
      memory: () => {
        throw new Error('no '.repeat(5_000))
      },
    },
  })
}

export const sessions: readonly Target[] = [1, 2].flatMap((number) =>
  [false, true].flatMap((addressed) => {
    const staging: Staging = { revision: number === 1 ? 1 : 2, addressed }
    return [requester(staging), responder(staging)]
  }),
)

function optionsOf({ revision, addressed }: Staging) {
  return { revision: revision === 1 ? revision1 : revision2, addressed, maxPayload }
}

function target(role: string, { revision, addressed }: Staging): Omit<Target, 'play'> {
  return {
    name: `${role} of revision ${revision}${addressed ? ', addressed' : ''}`,
    seeds: Array.from({ length: Math.ceil(frames.length / 8) }, (_, i) => [
      '!do',
      ...frames.slice(i * 8, i * 8 + 8),
    ]),
    step: (dice) => {
      const roll = dice.below(100)
      if (roll < 8) return '!do'
      if (roll < 16) return `!wait ${dice.pick([1, 1_000, 1_000, 16_000, 61_000])}`
      if (roll < 18) return '!binary'
      if (roll < 20) return '!echo'
      return roll < 45 ? fair(dice) : frame(dice)
    },
  }
}

/** Plays the steps; `act` is what this side does by itself at `!do`. */
async function play(
  stage: Stage,
  { peer, session, end, pair }: Pick<Staged<Session['role']>, 'peer' | 'session' | 'end' | 'pair'>,
  steps: readonly string[],
  watch: Watch,
  act: () => void,
  atEnd: () => void = () => undefined,
): Promise<void> {
  const hostile = new HostilePeer(peer, end === pair.dialler ? pair.acceptor : pair.dialler)
  await stage.clock.settle()
  for (const step of steps) {
    const [command, about] = commandOf(step) ?? []
    hostile.overhear()
    if (command === 'do') act()
    else if (command === 'wait') await stage.clock.advance(waitOf(about ?? ''))
    else if (command === 'binary') hostile.sayBinary()
    else if (command === 'echo') hostile.echo()
    else {
      const from = performance.now()
      const text = hostile.say(step)
      await stage.clock.settle()
      watch.took(text, performance.now() - from)
      hostile.hear(text)
    }
    await stage.clock.settle()
  }
  for (const text of peer.received)
    promise(Buffer.byteLength(text) <= maxPayload, `a frame of ${Buffer.byteLength(text)} bytes was sent`)
  promise(
    session.counts.malformed <= 16 + stage.clock.now() / 1_000 + 1,
    `${session.counts.malformed} bad frames were borne`,
  )
  atEnd()
  const left = await stage.leftovers()
  promise(left.length === 0, `after the end there are ${left.join(', ')}`)
}
