import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'

import { chromiumArgs, findChromium } from './.ci/chromium.mjs'

const source = '@guestool/source'
const files = ['packages', 'examples', 'docs'].map((room) => `${room}/**/*`)
const elsewhere = ['**/node_modules/**', '**/dist/**']
const slow = process.env['GUESTOOL_SLOW'] === '1'
const executablePath = findChromium()

// Tests run on sources: the condition must be named for Vite's client and for its server side.
const node = {
  resolve: { conditions: [source, 'module', 'node', 'development|production'] },
  ssr: { resolve: { conditions: [source, 'module', 'node', 'development|production'] } },
}

export default defineConfig({
  test: {
    reporters: ['default', './.ci/count-reporter.mjs'],
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'], exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/*.d.ts'] },
    projects: [
      ...(slow
        ? [
            {
              ...node,
              test: {
                name: 'slow',
                include: files.map((path) => `${path}.slow.test.ts`),
                exclude: elsewhere,
                setupFiles: ['./.ci/vitest-setup.mjs'],
                testTimeout: 180_000,
              },
            },
          ]
        : [
            {
              ...node,
              test: {
                name: 'node',
                include: files.map((path) => `${path}.test.ts`),
                exclude: [...elsewhere, '**/*.browser.test.ts', '**/*.slow.test.ts'],
                setupFiles: ['./.ci/vitest-setup.mjs'],
              },
            },
            ...(executablePath
              ? [
                  {
                    resolve: { conditions: [source, 'module', 'browser', 'development|production'] },
                    // Named here, or Vite finds them late and reloads the page in the middle of a test.
                    optimizeDeps: {
                      include: [
                        '@guestool/core > zod/mini',
                        '@guestool/core > nanoid',
                        '@guestool/core > eventemitter3',
                        '@guestool/client > isomorphic-ws',
                      ],
                    },
                    test: {
                      name: 'browser',
                      include: files.map((path) => `${path}.browser.test.ts`),
                      exclude: elsewhere,
                      setupFiles: ['./.ci/vitest-setup.mjs'],
                      browser: {
                        enabled: true,
                        headless: true,
                        screenshotFailures: false,
                        provider: playwright({ launchOptions: { executablePath, args: chromiumArgs } }),
                        instances: [{ browser: 'chromium' as const }],
                      },
                    },
                  },
                ]
              : []),
          ]),
    ],
  },
})
