// A guest in a process of its own, with what this machine says: `node packages/console/test/real-guest.mjs URL`. Made by
// the stage, it ends with the process that made it.
import { createGuest } from '@guestool/guest'
import { systemInfo } from '@guestool/guest/node'

const [url = ''] = process.argv.slice(2)

const guest = createGuest(url, {
  info: systemInfo(),
  action: 'unsupported',
  backoff: { base: 100, cap: 500 },
})
guest.bots.connected(`${process.pid}`)
guest.on('state', (state) => process.send?.(state))
process.on('disconnect', () => process.exit())
