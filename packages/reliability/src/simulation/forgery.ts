import { newOpid } from '@guestool/core'
import { frame } from '@guestool/testing'
import type { Forgery } from './plan.js'
import type { Wire } from './wire.js'

/**
 * Puts on a wire what its peer never said: whoever hears it must take it for the peer's. Returns how many frames.
 *
 * @param from the end that it seems to come from
 * @param elsewhere opids that are asked with on other wires
 */
export function forge(
  wire: Wire,
  from: 'dialler' | 'acceptor',
  what: Forgery,
  elsewhere: readonly string[],
  random: () => number,
): number {
  const end = wire.end(from)
  if (!end.isOpen) return 0
  const said = wire.said[from]
  const toAsker = wire.asking.name !== from
  const pending = [...wire.asking.asked].filter(([, { answered }]) => !answered).map(([opid]) => opid)
  const pick = <T>(of: readonly T[]): T | undefined => of[Math.floor(random() * of.length)]
  const reply = (opid: string): string => {
    const answer = { who: 'forger/0', call: -1 }
    return wire.revision === 2 ? frame(opid, '/event/report/info', answer) : frame(opid, '/info', answer)
  }
  const reject = (opid: string): string => {
    const rejection = { code: 'busy', error: 'forged' }
    return wire.revision === 2
      ? frame(opid, '/event/reject', rejection)
      : frame(opid, '/event', { event: 'reject', ...rejection })
  }
  const texts = (): (string | undefined)[] => {
    switch (what) {
      case 'copy':
        return [pick(said)]
      case 'spoof':
        return [toAsker ? reply(pick(elsewhere) ?? newOpid()) : undefined]
      case 'stray':
        return [toAsker ? reply(newOpid()) : frame(newOpid(), '/nothing', {})]
      case 'reject':
        return [reject(pick(elsewhere) ?? newOpid())]
      case 'rejectPending':
        return [reject(pick(pending) ?? newOpid())]
      case 'garbage':
        return [pick(['', '{', '[]', '{"opid":"x"}', `{"opid":"${newOpid()}","opnm":5,"opct":1}`, '"'])]
      case 'nan':
        return [`{"opid": "${pick(pending) ?? newOpid()}", "opnm": "/info", "opct": NaN}`]
      case 'hello':
        return [frame(newOpid(), wire.revision === 2 ? '/greet/hello' : '/hello', {})]
      case 'badFlood':
        return Array.from({ length: 20 }, () => 'no frame')
      case 'strayFlood':
        return Array.from({ length: 80 }, () =>
          toAsker ? reply(newOpid()) : frame(newOpid(), '/nothing', {}),
        )
      case 'binary':
        end.sendBinary()
        return []
    }
  }
  const forged = texts().filter((text) => text !== undefined)
  for (const text of forged) if (end.isOpen) end.send(text)
  return what === 'binary' ? 1 : forged.length
}
