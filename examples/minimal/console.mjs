import { createClient } from '@guestool/client'

const client = createClient(process.argv[2] ?? 'ws://127.0.0.1:37103/guests/alpha')
try {
  const { mem } = await client.info('memory')
  console.log(`memory: ${mem.used} of ${mem.total} bytes, ${mem.percent} %`)

  let samples = 0
  for await (const cpu of client.watch('cpu', 0.5, { every: 1_000 })) {
    console.log(`cpu: ${cpu.cpu_percent} %`)
    if (++samples === 3) break
  }
} finally {
  await client.close()
}
