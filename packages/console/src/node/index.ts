import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import sirv from 'sirv'

export interface ConsolePageOptions {
  /**
   * What stands before the page in the paths of requests; give the `basePath` of the host.
   * @default '/'
   */
  readonly basePath?: string
}

/** Answers a GET or HEAD request with a file of the console; what it does not have is 404. */
export type ConsolePage = (request: IncomingMessage, response: ServerResponse) => void

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * The console as files, for a host to serve: `createHost({ page: consolePage() })`. The page asks the hub that it came
 * from. It may run no script but its own, and no other page may frame it.
 *
 * @throws {Error} when the console was not built
 */
export function consolePage({ basePath = '/' }: ConsolePageOptions = {}): ConsolePage {
  const folder = fileURLToPath(new URL('../../dist/page/', import.meta.url))
  if (!existsSync(`${folder}index.html`)) {
    throw new Error(`the console is not built: there is no ${folder}index.html; run \`npm run build\``)
  }
  const before = basePath.replace(/\/+$/, '')
  const serve = sirv(folder, {
    etag: true,
    gzip: true,
    setHeaders(response, path) {
      response.setHeader('content-security-policy', policy)
      response.setHeader('x-content-type-options', 'nosniff')
      response.setHeader('referrer-policy', 'no-referrer')
      const hashed = path.startsWith('/assets/')
      response.setHeader('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  return (request, response) => {
    const { url = '/', method } = request
    const path = url.startsWith(before) ? url.slice(before.length) : url
    if (!path.startsWith('/')) {
      // Without the last slash the page would look for its files one folder above.
      if (path === '' || path.startsWith('?'))
        answer(response, 308, { location: `${before.split('/').at(-1)}/${path}` })
      else answer(response, 404)
    } else if (method !== 'GET' && method !== 'HEAD') answer(response, 405, { allow: 'GET, HEAD' })
    else {
      request.url = path
      serve(request, response, () => answer(response, 404))
    }
  }
}

function answer(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  const text = status === 404 ? 'There is no such page here.\n' : ''
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(text)
}
