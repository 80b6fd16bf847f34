import type { Violation } from './history.js'
import { Asking } from './asking.js'
import { Deeds } from './deeds.js'
import { guestIds } from './network.js'
import type { Plan } from './plan.js'
import { seededRandom } from '../random.js'
import { World } from './world.js'

/** What came of a plan. */
export interface Outcome {
  readonly violations: readonly Violation[]
  readonly lines: readonly string[]
  readonly digest: string
  readonly calls: number
  /** Milliseconds that passed in the world. */
  readonly simulated: number
  readonly outcomes: ReadonlyMap<string, number>
  readonly faults: ReadonlyMap<string, number>
}

/** Until everybody has found out what is lost, and dialled again: a minute of silence, and the longest backoff. */
const calm = 150_000
/** Until every handler is done, and every frame has arrived. */
const rest = 90_000

/**
 * Runs a plan: the storm, a calm in which everybody must find back, and the end, after which nothing may be left. The
 * same plan gives the same history.
 */
export async function run(plan: Plan): Promise<Outcome> {
  const { random } = Math
  // Backoff is drawn by it, everywhere; nobody needs an option for that but us.
  Math.random = seededRandom(plan.salt)
  const world = new World(plan)
  const asking = new Asking(world)
  try {
    await storm(world, asking)
    await afterTheStorm(world, asking)
    await nothingIsLeft(world, asking)
  } finally {
    Math.random = random
  }
  const { history, calls, clock, faults, membership } = world
  world.fault('guests joined', membership.joined)
  world.fault('guests displaced', membership.displaced)
  world.fault('guests refused for a living one', membership.taken)
  return {
    violations: history.violations,
    lines: history.lines,
    digest: history.digest,
    calls: calls.all.length,
    simulated: clock.now(),
    outcomes: calls.outcomes,
    faults,
  }
}

async function storm(world: World, asking: Asking): Promise<void> {
  const { calls, clock, plan, membership } = world
  const deeds = new Deeds(world, asking)
  world.start()
  await clock.advance(20)
  for (const { wait, act } of plan.steps) {
    await clock.advance(wait)
    deeds.do(act)
    await clock.settle()
    membership.check()
    calls.check()
  }
}

async function afterTheStorm(world: World, asking: Asking): Promise<void> {
  const { clock, history, parties, membership } = world
  history.add('-- calm')
  for (const { options } of world.network.wires) {
    const { pair } = options
    pair.release()
    for (const end of [pair.dialler, pair.acceptor]) end.breakAfter(Infinity)
  }
  for (const machine of [world.hostMachine, ...parties.map((party) => party.machine)])
    world.goOn(machine, 'frames')
  for (const party of parties) {
    party.address.plan.length = 0
    party.trouble.length = 0
  }
  await clock.advance(calm)
  membership.check()
  world.calls.check()
  for (const party of parties) {
    const { program } = party
    const state =
      program?.kind === 'sdk'
        ? program.guest.state
        : program?.kind === 'client'
          ? program.client.state
          : program?.kind === 'hub'
            ? program.hub.state
            : 'open'
    if (!party.out && state !== 'open' && state !== 'closed')
      history.violated('everybodyFindsBack', `${party.programName} is still ${state}`)
  }
  const served: { call: string; asked: Promise<string> }[] = []
  for (let who = 0; who <= world.consoles.length; who++)
    for (const id of guestIds.slice(0, world.plan.guests.length)) {
      const asker = world.asker(who)
      const holder = world.host?.guest(id)
      const wire = holder && membership.wireOf(holder)
      if (wire?.options.judged !== true || wire.leaving) continue
      const party = parties.find(({ programName }) => programName === asker.name)
      if (party?.closed === true || party?.out === true) continue
      const about = { what: 'echo', wait: 0, mode: 'ok', timeout: undefined, abort: undefined } as const
      const asked = asking.ask(asker, id, about)
      if (asked !== undefined) served.push({ call: `${asker.name} asks ${id}`, asked })
    }
  await clock.advance(40_000)
  for (const { call, asked } of served) {
    const outcome = await Promise.race([asked, Promise.resolve('nothing')])
    if (outcome !== 'ok') history.violated('everybodyIsServed', `${call}, and gets ${outcome}`)
  }
}

async function nothingIsLeft(world: World, asking: Asking): Promise<void> {
  const { clock, history, host, parties, calls, network } = world
  history.add('-- end')
  let closed = 0
  const closing = [...parties.map((party) => party.close()), host?.close() ?? Promise.resolve()]
  for (const done of closing) void done.then(() => closed++)
  for (const wire of network.wires) wire.leaving = true
  await clock.advance(10_000)
  if (closed < closing.length)
    history.violated('closeResolves', `${closing.length - closed} closings have no end`)
  if (world.timers > 0)
    history.violated('nothingIsLeft', `${world.timers} timers ten seconds after everything closed`)
  for (const call of calls.open()) calls.unsettled(call, 'everything is closed, and it has no outcome')
  await clock.advance(rest)
  if (clock.timers > 0) history.violated('nothingIsLeft', `${clock.timers} timers`)
  const open = network.wires.filter((wire) =>
    (['dialler', 'acceptor'] as const).some((name) => isOpen(wire.end(name))),
  )
  if (open.length > 0) history.violated('nothingIsLeft', `${open.map(({ name }) => name).join()} are open`)
  if (asking.listenedTo > 0) history.violated('nothingIsLeft', `${asking.listenedTo} signals are listened to`)
  const { guests = 0, consoles = 0 } = host?.counts ?? {}
  if (guests + consoles > 0)
    history.violated('nothingIsLeft', `the host has ${guests} guests and ${consoles} consoles`)
}

function isOpen({ isOpen: opened, over }: { isOpen: boolean; over: unknown }): boolean {
  return opened && over === undefined
}
