import { expect, test, vi } from 'vitest'
import { Emitter } from './emitter.js'

type Heard = { data: [n: number]; error: [error: unknown] }

test('listeners hear what is emitted until they stop, each on its own', () => {
  const emitter = new Emitter<Heard>()
  const listener = vi.fn()
  const off = emitter.on('data', listener)
  emitter.on('data', listener)
  emitter.emit('data', 1)
  expect(listener).toHaveBeenCalledTimes(2)
  off()
  off()
  emitter.emit('data', 2)
  expect(listener).toHaveBeenCalledTimes(3)
  expect(emitter.listenerCount('data')).toBe(1)
})

test('a listener that throws hurts neither the emitter nor the others; its error is an event', () => {
  const emitter = new Emitter<Heard>()
  const errors: unknown[] = []
  const other = vi.fn()
  emitter.on('error', (error) => errors.push(error))
  emitter.on('data', () => {
    throw new Error('boom')
  })
  emitter.on('data', other)
  emitter.emit('data', 1)
  expect(errors).toEqual([new Error('boom')])
  expect(other).toHaveBeenCalledOnce()
})

test('an async listener that rejects makes an error event, never an unhandled rejection', async () => {
  const emitter = new Emitter<Heard>()
  const errors: unknown[] = []
  emitter.on('error', (error) => errors.push(error))
  emitter.on('data', async (n) => {
    await Promise.resolve()
    throw new Error(`boom ${n}`)
  })
  emitter.emit('data', 7)
  await vi.waitFor(() => expect(errors).toEqual([new Error('boom 7')]))
})

test('a rejection that nobody listens to, and a listener of errors that fails, are swallowed', async () => {
  const emitter = new Emitter<Heard>()
  emitter.on('data', async () => Promise.reject(new Error('unheard')))
  emitter.emit('data', 1)
  emitter.on('error', async () => Promise.reject(new Error('again')))
  emitter.on('error', () => {
    throw new Error('again')
  })
  emitter.emit('error', new Error('first'))
  await Promise.resolve()
})
