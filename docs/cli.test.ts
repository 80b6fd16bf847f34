import { expect, test } from 'vitest'
import { exitCodes } from '../packages/cli/src/failure.js'
import { createProgram } from '../packages/cli/src/program.js'
import { codes, Page } from './test/markdown.js'

const page = new Page('docs/cli.md')
type Command = ReturnType<typeof createProgram>

const longOf = (command: Command): string[] => command.options.flatMap(({ long }) => long ?? [])

/** Commands that do something, by what is typed for each: not those that only have others below them. */
function leaves(command: Command, path = ''): [name: string, options: string[]][] {
  return command.commands.flatMap((each): [string, string[]][] => {
    const name = `${path}${each.name()}`
    return each.commands.length > 0 ? leaves(each, `${name} `) : [[name, longOf(each)]]
  })
}

test('it lists every command with its options, in the order of the help, and none besides', () => {
  const listed = page
    .rows('Commands', 'command')
    .map((row) => [codes(row.get('command') ?? '')[0], codes(row.get('options') ?? '')])
  expect(listed).toEqual(leaves(createProgram()))
})

test('it lists the options of every command', () => {
  const listed = page.rows('Commands', 'option').map((row) => codes(row.get('option') ?? '')[0])
  expect(listed).toEqual(longOf(createProgram()))
})

test('it lists every exit code', () => {
  const listed = page.rows('Exit codes', 'code').map((row) => Number(codes(row.get('code') ?? '')[0]))
  expect(listed).toEqual([...Object.values(exitCodes), 130, 143])
})
