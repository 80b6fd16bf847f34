import { availableParallelism } from 'node:os'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'

import { chromiumArgs, findChromium } from './.ci/chromium.mjs'

const rooms = ['packages', 'examples', 'docs']
const exclude = ['**/node_modules/**', '**/dist/**']
const setupFiles = ['./.ci/vitest-setup.mjs']

// Tests run on sources. Vite asks for the condition in two places, one for each of its sides.
const conditions = (platform: string) => ['@guestool/source', 'module', platform, 'development|production']
const onNode = {
  resolve: { conditions: conditions('node') },
  ssr: { resolve: { conditions: conditions('node') } },
}

// What is waited for comes soon, except on a machine that has much else to do: nobody waits so long for what is there.
const patience = { testTimeout: 90_000, hookTimeout: 90_000, expect: { poll: { timeout: 30_000 } } }

const node: TestProjectConfiguration = {
  ...onNode,
  test: {
    ...patience,
    name: 'node',
    globalSetup: './packages/console/test/built.ts',
    include: rooms.map((room) => `${room}/**/*.test.ts`),
    exclude: [...exclude, '**/*.browser.test.ts', '**/*.slow.test.ts'],
    setupFiles,
  },
}

/** Real sockets and real minutes: `npm run test:slow`. */
const slow: TestProjectConfiguration = {
  ...onNode,
  test: {
    name: 'slow',
    include: rooms.map((room) => `${room}/**/*.slow.test.ts`),
    exclude,
    setupFiles,
    testTimeout: 180_000,
  },
}

const browser = (executablePath: string): TestProjectConfiguration => ({
  resolve: { conditions: conditions('browser') },
  // Of what runs on Node beside the pages: globalSetup.
  ssr: { resolve: { conditions: conditions('node') } },
  // Named here, or Vite finds them late and reloads the page in the middle of a test.
  optimizeDeps: {
    include: [
      '@guestool/core > zod',
      '@guestool/core > zod/mini',
      '@guestool/core > nanoid',
      '@guestool/guest > isomorphic-ws',
    ],
  },
  test: {
    name: 'browser',
    include: rooms.map((room) => `${room}/**/*.browser.test.ts`),
    exclude,
    setupFiles,
    globalSetup: './packages/client/test/harness.ts',
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath, args: chromiumArgs } }),
      instances: [{ browser: 'chromium' }],
    },
  },
})

const chromium = findChromium()

export default defineConfig({
  test: {
    reporters: ['default', './.ci/count-reporter.mjs'],
    // Much of what is tested waits for others: left to itself, vitest keeps one of two cores free.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/*.d.ts'],
    },
    projects:
      process.env['GUESTOOL_SLOW'] === '1' ? [slow] : [node, ...(chromium ? [browser(chromium)] : [])],
  },
})
