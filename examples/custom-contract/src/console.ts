import { createClient } from '@guestool/client'
import { contract } from './contract.js'

const client = createClient(process.argv[2] ?? 'ws://127.0.0.1:37103/guests/service', { contract })
try {
  const { mean_ms, max_ms } = await client.info('event_loop', 0.3)
  console.log(`event loop: ${mean_ms.toFixed(2)} ms late on average, ${max_ms.toFixed(2)} ms at most`)

  const logged = new Promise<string>((resolve) => {
    client.onEvent('log', ({ level, text }) => resolve(`${level}: ${text}`))
  })
  const { before } = await client.action('log/level', { level: 'debug' })
  console.log(`log level: was ${before}, is debug`)
  console.log(`event: ${await logged}`)

  // @ts-expect-error A misspelt field does not compile, nor do a wrong name or param.
  console.log((await client.info('event_loop', 0.05)).mean_sm)
} finally {
  await client.close()
}
