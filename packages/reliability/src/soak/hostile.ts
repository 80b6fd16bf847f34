import { once } from 'node:events'
import { badFrames } from '@guestool/testing'
import { newOpid } from '@guestool/core'
import { frame } from '@guestool/testing'
import { WebSocket } from 'ws'

/** Somebody who says hello, and then nothing but bad frames, until the host has enough of it; resolves with its close code. */
export async function talkNonsense(url: string): Promise<number> {
  const socket = new WebSocket(url)
  socket.on('error', () => undefined)
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  await Promise.race([once(socket, 'open'), closed])
  socket.send(frame(newOpid(), '/hello', {}))
  for (const { text } of [...badFrames, ...badFrames]) socket.send(text.replaceAll('$opid', newOpid()))
  const tooLong = setTimeout(() => socket.terminate(), 10_000)
  const code = await closed
  clearTimeout(tooLong)
  return code
}
