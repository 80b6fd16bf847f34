import { expect, test } from 'vitest'
import { pretty } from './pretty.js'

test('JSON is indented, and what came is what is shown', () => {
  expect(pretty('{"a": [1.0, {"b": {}}, []], "c":12345678901234567890,"d":"x\\"y: {1,2}"}')).toBe(`{
  "a": [
    1.0,
    {
      "b": {}
    },
    []
  ],
  "c": 12345678901234567890,
  "d": "x\\"y: {1,2}"
}`)
  expect(pretty('[]')).toBe('[]')
})

test('escapes that are not needed are gone; those that are stay', () => {
  expect(pretty(String.raw`["\u673a\u5668\u4eba", "\ud800", "\u0000\n"]`)).toBe(
    `[\n  "机器人",\n  "\\ud800",\n  "\\u0000\\n"\n]`,
  )
})

test('what is no JSON stays as it is, but for signs that turn it around', () => {
  expect(pretty('<b>{"a":</b>')).toBe('<b>{"a":</b>')
  expect(pretty('["safe\u202Eelif"]')).toBe('[\n  "safe\\u202eelif"\n]')
})
