import { expect, test } from 'vitest'
import * as z from 'zod/mini'

test('the browser project runs', () => {
  expect(z.parse(z.string(), navigator.userAgent)).toContain('Chrome')
})
