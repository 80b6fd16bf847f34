import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newOpid } from '@guestool/core'
import { frame } from '@guestool/testing'
import { afterEach, expect, test } from 'vitest'
import { tokens } from './index.js'
import { cleanups, cleanUp, dial, listening } from './sockets.test.kit.js'

afterEach(cleanUp)

test('a key that is revoked ends no open connection, and begins none; a guest’s can be closed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guestool-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  const keys = tokens(join(folder, 'tokens.json'))
  const token = await keys.add({ role: 'guest', id: 'alpha' })
  const { host, url } = await listening({ authenticate: keys.authenticate, history: false })
  const alpha = () => dial(`${url}/join/alpha`, { headers: { authorization: `Bearer ${token}` } })

  const guest = alpha()
  await guest.opened
  const hello = frame(newOpid(), '/hello', {})
  guest.socket.send(hello)
  expect(await guest.next()).toBe(hello)

  for (const { key } of await keys.list()) await keys.revoke(key)
  expect(await alpha().closed).toMatchObject({ code: 4401 })
  guest.socket.send(frame(newOpid(), '/hello', {}))
  await guest.next()
  expect(host.guest('alpha')?.state).toBe('alive')

  await host.guest('alpha')?.close()
  expect(await guest.closed).toMatchObject({ code: 1000 })
})
