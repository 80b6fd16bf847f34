import { createClient, createHub } from '@guestool/client'
import { createGuest } from '@guestool/guest'
import { VirtualClock } from '@guestool/testing'
import { answers } from '../answers.js'
import type { Dice } from '../dice.js'
import { fair, frame } from '../grammar.js'
import { HostileAddress } from '../hostile-address.js'
import { frames } from '../seeds.js'
import { commandOf, isExpected, promise, waitOf, type Target, type Watch } from '../target.js'

// Whoever dials a host that is none: a client, a hub's console, a guest.

/** What dialled, in the hands of a case. */
interface Dialler {
  /** What it does by itself; what it awaits is settled in the end, and fails with errors of the SDK only. */
  act(dice: number): readonly Promise<unknown>[]
  readonly errors: unknown[]
  close(): Promise<void>
}

type Dialling = {
  readonly dial: HostileAddress['dial']
  readonly clock: VirtualClock
  readonly revision: 1 | 2
}

function client(options: Dialling): Dialler {
  const made = createClient('ws://host.test/guests/alpha', options)
  const errors: unknown[] = []
  made.on('error', (error) => errors.push(error))
  return {
    errors,
    act: (which) =>
      [
        () => [made.info('cpu', 0.1), made.info('memory')],
        () => [made.info('processes', 0.1, { timeout: 5_000 }), made.info('bots_connect_time')],
        () => [made.info('apicall'), made.info('recv_events')],
        () => [made.info('all_partitions'), made.info('time')],
      ][which % 4]?.() ?? [],
    close: () => made.close(),
  }
}

function hubConsole(options: Dialling): Dialler {
  const made = createHub('ws://host.test', options)
  const errors: unknown[] = []
  made.on('error', (error) => errors.push(error))
  made.onEvent('guest_joined', () => undefined)
  return {
    errors,
    act: (which) =>
      [
        () => [made.guests(), made.info('hub')],
        () => [made.info('vitals'), made.info('timeline'), made.info('history', { guest: 'alpha' })],
        () => [made.fleet.info('cpu', 0.1, { timeout: 5_000 }), made.info('contract')],
        () => [made.guest('alpha').info('bots'), made.action('add_guest', { guest: 'alpha' })],
      ][which % 4]?.() ?? [],
    close: () => made.close(),
  }
}

function guest(options: Dialling): Dialler {
  const made = createGuest('ws://host.test/join/alpha', { ...options, info: answers, action: 'unsupported' })
  const errors: unknown[] = []
  made.on('error', (error) => errors.push(error))
  return {
    errors,
    act: (which) => {
      const bot = ['1', 'constructor', '机器人\ud800', 'toString'][which % 4] ?? ''
      made.bots.connected(bot)
      made.bots.received(bot, 'constructor')
      made.bots.called(bot, 'toString')
      return []
    },
    close: () => made.close(),
  }
}

function target(name: string, make: (options: Dialling) => Dialler, revision: 1 | 2): Target {
  return {
    name: `${name} of revision ${revision}`,
    seeds: frames.map((text, i) => [
      '!echo',
      `!do ${i}`,
      text,
      fairAnswer,
      '!close 1000',
      '!wait 10000',
      '!echo',
      text,
    ]),
    step,
    async play(steps, watch) {
      const clock = new VirtualClock()
      const address = new HostileAddress()
      const dialler = make({ dial: address.dial, clock, revision })
      const settled: Promise<unknown>[] = []
      let waiting = 0
      await play(steps, watch, clock, address, (which) => {
        for (const call of dialler.act(which)) {
          waiting++
          settled.push(call.then(noProblem, failureProblem).finally(() => waiting--))
        }
      })
      const closed = dialler.close()
      await clock.advance(10_000)
      await closed
      promise(waiting === 0, `${waiting} calls never settled`)
      for (const problem of await Promise.all(settled))
        promise(problem === undefined, `a call failed with ${String(problem)}`)
      for (const error of dialler.errors)
        promise(isExpected(error), `an error is none of the SDK's: ${String(error)}`)
      promise(clock.timers === 0, `${clock.timers} timers are left`)
    },
  }
}

const fairAnswer = '{"opid":"$heard","opnm":"/event/report/info","opct":{}}'
const noProblem = () => undefined
const failureProblem = (error: unknown): unknown => (isExpected(error) ? undefined : error)

function step(dice: Dice): string {
  const roll = dice.below(100)
  if (roll < 15) return `!do ${dice.below(4)}`
  if (roll < 25) return '!echo'
  if (roll < 32) return `!wait ${dice.pick([1, 1_000, 3_000, 16_000, 61_000])}`
  if (roll < 34) return '!binary'
  if (roll < 37) return `!close ${dice.pick([1000, 1001, 1006, 1009, 4400, 4401, 4404, 4409, 4429, 3000])}`
  return roll < 45 ? fair(dice) : frame(dice)
}

async function play(
  steps: readonly string[],
  watch: Watch,
  clock: VirtualClock,
  address: HostileAddress,
  act: (which: number) => void,
): Promise<void> {
  await clock.settle()
  for (const each of steps) {
    const [command, about = ''] = commandOf(each) ?? []
    const { peer } = address
    peer?.overhear()
    if (command === 'do') act(Number(about) || 0)
    else if (command === 'wait') await clock.advance(waitOf(about))
    else if (command === 'binary') peer?.sayBinary()
    else if (command === 'echo') peer?.echo()
    else if (command === 'close') peer?.leave(Number(about))
    else await peer?.tell(each, clock, watch)
    await clock.settle()
  }
}

export const diallers: readonly Target[] = ([1, 2] as const).flatMap((revision) => [
  target('client', client, revision),
  target('hub console', hubConsole, revision),
  target('guest', guest, revision),
])
