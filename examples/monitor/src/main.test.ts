import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { cpus, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { run, Running } from '../../running.js'
import { bytes } from './text.js'

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const start = (...args: string[]): Running => run(import.meta.url, '../dist/main.js', ...args)

/** The text below each heading of a report. */
function sections(report: string): Map<string, string> {
  return new Map(
    report
      .trimEnd()
      .split('\n\n')
      .map((text) => {
        const [heading = '', ...rest] = text.split('\n')
        return [heading.split(' ', 1)[0] ?? '', rest.join('\n')]
      }),
  )
}

/** A number in a section, by its field. */
function field(text: string | undefined, name: string): number {
  return Number(new RegExp(`^ +${name} +([\\d.]+)`, 'm').exec(text ?? '')?.[1])
}

test.each(['1', '2'])('--once reports all 13 infos of this machine, in revision %s', async (revision) => {
  const monitor = start('--once', '--revision', revision)
  expect(await monitor.exit).toEqual({ code: 0, signal: null })

  const report = sections(monitor.output)
  expect([...report.keys()].toSorted()).toEqual([
    'all_disk_io',
    'all_network_io',
    'all_partitions',
    'apicall',
    'bots',
    'bots_connect_time',
    'cpu',
    'memory',
    'processes',
    'python_version',
    'recv_events',
    'system_platform',
    'time',
  ])
  expect(report.get('system_platform')).toContain(release())
  expect(report.get('time')).toMatch(/system +\d+[smhd].*\n +nonebot +\d+s\n/)
  expect(report.get('python_version')).toMatch(/version_info\.major +\d|^ {2}unsupported: /)
  const percent = field(report.get('cpu'), 'cpu_percent')
  expect(percent).toBeGreaterThanOrEqual(0)
  expect(percent).toBeLessThanOrEqual(100)
  expect(field(report.get('cpu'), 'cpu_ncores.logical')).toBe(cpus().length)
  expect(report.get('memory')).toMatch(`mem.total       ${bytes(totalmem())}`)
  expect(field(report.get('memory'), 'mem.percent')).toBeGreaterThan(0)
  expect(report.get('all_partitions')).toMatch(/device +mountpoint +filesystem|\(none\)/)
  expect(report.get('all_network_io')).toMatch(/^ +lo\d* +[\d.]+ \w+ +[\d.]+ \w+$/m)
  expect(report.get('processes')).toMatch(/^ +\d+ +.* [\d.]+ \w+$/m)
  for (const info of ['bots', 'bots_connect_time', 'recv_events', 'apicall'])
    expect(report.get(info)).toBe('  (none)')
})

test('a taken port is said in one line, with what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo

  const monitor = start('--port', String(port))
  expect(await monitor.exit).toEqual({ code: 1, signal: null })
  expect(monitor.output).toBe(
    `Port ${port} is taken, perhaps by another monitor. Choose another one with --port, or let the system choose with --port 0.\n`,
  )
})

test.each(['SIGINT', 'SIGTERM'] as const)('without a terminal it writes lines, until %s', async (signal) => {
  const monitor = start('--port', '0')
  await monitor.sees(/ask the guest at ws:\/\/127\.0\.0\.1:\d+\/guests\/this-machine; Ctrl-C stops\n/)
  await monitor.sees(
    /\d\d:\d\d:\d\d {2}cpu [\d.]+ % {2}load [\d.]+ {2}memory [\d.]+ % .* console \d+\/\d+ guest \d+\/\d+ messages\n/,
  )
  monitor.signal(signal)
  expect(await monitor.exit).toEqual({ code: 0, signal: null })
  // oxlint-disable-next-line no-control-regex
  expect(monitor.output).not.toMatch(/\u001b/)
})

test('whoever reads its output may stop reading', async () => {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
  const shell = new Running('sh', ['-c', `"${process.execPath}" "${main}" --port 0 | head -n 1`])
  await shell.sees(/ask the guest/)
  expect(await shell.exit).toEqual({ code: 0, signal: null })
})

test('--help, and what it does not understand', async () => {
  const help = start('--help')
  expect(await help.exit).toEqual({ code: 0, signal: null })
  for (const option of ['--port', '--once', '--revision']) expect(help.output).toContain(option)

  for (const wrong of [['--prot', '1'], ['--port', '65536'], ['--port', '1e3'], ['--revision', '3'], ['x']]) {
    const monitor = start(...wrong)
    expect(await monitor.exit).toEqual({ code: 1, signal: null })
    expect(monitor.output).toMatch(/^error: [^]*\n\nUsage: node dist\/main\.js \[options\]/)
  }
})

const pty = process.platform === 'linux' && existsSync('/usr/bin/script')

test.runIf(pty)('on a terminal it updates in place, and Ctrl-C leaves the cursor visible', async () => {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
  // `exec`: a shell that waits would be interrupted too, and end with a code of its own.
  const command = `stty cols 60 rows 20; exec "${process.execPath}" "${main}" --port 0`
  const terminal = new Running('script', ['-qec', command, '/dev/null'], {
    TERM: 'xterm-256color',
    NO_COLOR: '1',
  })
  await terminal.sees(/cpu {5}[█░]+ +[\d.]+ %/)
  await terminal.sees(/processes/)
  // The cursor is hidden, and goes up to where the view begins.
  expect(terminal.output).toContain('\u001b[?25l')
  // oxlint-disable-next-line no-control-regex
  await terminal.sees(/\u001b\[\d*A/)
  terminal.write('\u0003')
  expect(await terminal.exit).toEqual({ code: 0, signal: null })
  expect(terminal.output.lastIndexOf('\u001b[?25h')).toBeGreaterThan(
    terminal.output.lastIndexOf('\u001b[?25l'),
  )
})
