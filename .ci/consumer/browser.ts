// What a web project writes: no types but the DOM's, everything checked.
import { createClient, guestool, isGuestoolError, type Client, type ContractTypes } from '@guestool/client'
import * as one from '@guestool/client/browser'
import { createHub } from '@guestool/client/browser/hub'
import type { Transport } from '@guestool/core'
import { createGuest, type GuestOptions } from '@guestool/guest'
import * as z from 'zod'

const contract = guestool.extend({
  info: { gpu: { params: z.object({ index: z.int().default(0) }), result: z.object({ name: z.string() }) } },
  event: { bot_online: z.object({ bot: z.string() }) },
})

export async function main(info: GuestOptions['info']): Promise<(number | string)[]> {
  const client: Client<ContractTypes<typeof contract>> = createClient(
    new URL('ws://localhost/guests/alpha'),
    {
      contract,
    },
  )
  const cpu = await client.info('cpu', 0.5, { signal: AbortSignal.timeout(1_000) })
  // @ts-expect-error a misspelt field
  void cpu.cpu_precent
  // @ts-expect-error no such info
  void client.info('gpus')
  const gpu = await client.info('gpu', 0)
  client.onEvent('bot_online', ({ bot }) => bot.length)
  for await (const memory of client.watch('memory')) void memory.mem.total
  try {
    await client.action('matcher/list')
  } catch (error) {
    if (isGuestoolError(error) && error.code === 'refused') await client.close()
  }
  const guest = createGuest('ws://localhost/join/alpha', {
    info: {
      ...info,
      processes: async (_params, { signal }) => {
        await fetch('/', { signal })
        return []
      },
    },
    action: 'unsupported',
  })
  await guest.close()
  await one.createClient('ws://localhost/guests/alpha').close()
  const hub = createHub('ws://localhost', { contract })
  for await (const verdict of hub.fleet.info('gpu', 0)) if (verdict.ok) void verdict.result.name
  hub.guest('alpha').onEvent('bot_online', ({ bot }) => bot.length)
  await hub.close()
  return [cpu.cpu_percent, gpu.name]
}

export const transport: Pick<Transport, 'send'> = { send: (text) => text.length }
