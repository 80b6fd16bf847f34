import { expect, test } from 'vitest'
import { findOperation } from './index.js'
import { LearnedContract } from './learned-contract.js'

test('what a hub tells of can be asked, and what is known stays as it is', () => {
  const contract = new LearnedContract()
  const cpu = findOperation(contract, 'info', 'cpu')
  const any = { params: {}, result: {} }
  contract.learn({
    info: { gpu: any, cpu: any, 'not a name': any, '/': any },
    action: { 'bot/say': any },
    event: { bot_online: {} },
  })
  contract.learn({ info: { gpu: any }, action: {}, event: { bot_online: {} } })

  expect(findOperation(contract, 'info', 'cpu')).toBe(cpu)
  const gpu = findOperation(contract, 'info', 'gpu')
  expect(gpu?.checkParams({ index: 1, odd: [null] })).toEqual({ index: 1, odd: [null] })
  expect(gpu?.checkResult(null)).toBe(null)
  expect(findOperation(contract, 'action', 'bot/say')?.label).toBe('action bot/say')
  expect(contract.event.has('bot_online')).toBe(true)
  expect(contract.info.size).toBe(14)
})
