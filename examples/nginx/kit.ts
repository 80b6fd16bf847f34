import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { findNginx } from '../../.ci/nginx.mjs'
import { run, Running } from '../running.js'
import { tokenFile } from '../tokens.js'

export const nginx = findNginx() ?? ''

/** The host of this example behind the configuration of this example, on free ports and with a certificate of its own. */
export async function startBoth(idle = '60s') {
  const folder = mkdtempSync(join(tmpdir(), 'guestool-nginx-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  // The workers are not this user, when this user is root.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const publicUrl = `https://127.0.0.1:${port}/guestool`
  const tokens = await tokenFile()
  const host = run(import.meta.url, 'host.mjs', '0', publicUrl, tokens.file)
  const [, hostPort = ''] = await host.sees(/listens on 127\.0\.0\.1:(\d+)/)
  const { cert, key } = certificate(folder)
  const conf = replaced(readFileSync(new URL('guestool.conf', import.meta.url), 'utf8'), [
    ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
    ['/etc/ssl/hub.example.pem', cert],
    ['/etc/ssl/hub.example.key', key],
    ['127.0.0.1:37103', `127.0.0.1:${hostPort}`],
    ['proxy_read_timeout 60s', `proxy_read_timeout ${idle}`],
    ['/var/log/nginx/', `${folder}/`],
  ])
  writeFileSync(join(folder, 'guestool.conf'), conf)
  mkdirSync(join(folder, 'temp'))
  writeFileSync(join(folder, 'nginx.conf'), around(folder))
  const proxy = new Running(nginx, ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'])
  await proxy.sees(/start worker process \d/)
  const ca = readFileSync(cert)
  return {
    host,
    proxy,
    tokens,
    /** Where a URL without a token goes. */
    url: `wss://127.0.0.1:${port}/guestool`,
    /** The same with userinfo, as one that knows nothing but a URL dials. */
    urlOf: (user: string, token: string) => `wss://${user}:${token}@127.0.0.1:${port}/guestool`,
    /** Makes Node trust the certificate. */
    env: { NODE_EXTRA_CA_CERTS: cert },
    /** Dials from an address of this machine; the outcome is what became of it. */
    dial: (path: string, options: Dialling = {}) =>
      dial(`wss://127.0.0.1:${port}/guestool${path}`, { ca, ...options }),
    /** All that nginx has logged, by file. */
    logs: () => ({
      access: readFileSync(join(folder, 'guestool.log'), 'utf8'),
      errors: readFileSync(join(folder, 'guestool.error.log'), 'utf8'),
      output: proxy.output,
    }),
  }
}

interface Dialling {
  readonly token?: string
  /** The peer's address. */
  readonly from?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A WebSocket that says hello when it may. */
export function dial(url: string, { token, from, headers, ...tls }: Dialling & { readonly ca: Buffer }) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const socket = new WebSocket(url, {
    ...tls,
    headers: { ...authorization, ...headers },
    ...(from === undefined ? {} : { localAddress: from }),
  })
  onTestFinished(() => socket.terminate())
  const hello = '{"opid":"5d3a1b9e-2c5f-4a39-8f0e-2b1f9c0d7e11","opnm":"/hello","opct":{}}'
  socket.on('open', () => socket.send(hello))
  /** `open` once hello was echoed, or the code and reason of the close. */
  const outcome = new Promise<'open' | { code: number; reason: string }>((resolve, reject) => {
    socket.on('message', () => resolve('open'))
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
    socket.on('error', reject)
  })
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  return { socket, outcome, closed }
}

/** What Debian's nginx.conf is to a file of conf.d, in a folder of its own. */
function around(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${folder}/temp/${name};`)
    .join('\n')
  return `daemon off;
worker_processes 1;
pid ${folder}/pid;
error_log stderr notice;
events {}
http {
  access_log off;
${temporary}
  include ${folder}/guestool.conf;
}
`
}

/** Each once, so that the example cannot change unseen. */
function replaced(text: string, replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`guestool.conf has no ${from}`)
    return before.replaceAll(from, to)
  }, text)
}

function certificate(folder: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const name = ['-subj', '/CN=hub.example', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', ...curve, ...name, '-days', '1', '-keyout', key, '-out', cert], {
    stdio: 'pipe',
  })
  return { cert, key }
}

async function freePort(): Promise<number> {
  const listener = createServer()
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  await new Promise((resolve) => listener.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
