import { readFileSync } from 'node:fs'
import { guestool } from '@guestool/core'
import { badFrames, frame, MemoryAddress, peerOn, PythonGuest, VirtualClock } from '@guestool/testing'

// What cases begin with: the examples of the protocol's page, the table of bad frames, and what the public Python guest
// was recorded to say.

const page = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8')

const examples = Array.from(page.matchAll(/^```json.*\n([^]*?)^```$/gm), ([, body = '']) => body)
  .flatMap((body) => [body.trim()].concat(body.split('\n')))
  .filter((text) => text.includes('"opnm"'))
  .map((text) => text.replace(/^[^{]*/, ''))

async function pythonFrames(): Promise<string[]> {
  const clock = new VirtualClock()
  const address = new MemoryAddress((end) => peerOn(end))
  const guest = new PythonGuest(address.dial, { clock })
  await clock.settle()
  const { acceptor } = address.pair
  for (const text of guest.sent) acceptor.send(text)
  for (const name of guestool.info.keys()) acceptor.send(frame(crypto.randomUUID(), `/info/${name}`, {}))
  await clock.advance(30_000)
  acceptor.close(1000, '')
  await clock.settle()
  return guest.sent.map((text) => text.replace(/[0-9a-f-]{36}/, '$heard'))
}

export const frames: readonly string[] = [
  ...new Set([
    ...examples,
    ...badFrames.map(({ text }) => text.replace('$opid', '$fresh')),
    ...(await pythonFrames()),
  ]),
]
