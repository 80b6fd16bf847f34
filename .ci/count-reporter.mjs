/** @import { Reporter, TestModule } from 'vitest/node' */

/**
 * Ends a test run with one line that is plain to read for people and machines. A file that does not load, an error
 * that belongs to no test and a failed type check count as failed, so that `0 failed` always means a good run.
 *
 * @implements {Reporter}
 */
export default class CountReporter {
  /**
   * @param {ReadonlyArray<TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const count = {
      passed: 0,
      failed: unhandledErrors.length + Number(process.env['GUESTOOL_FAILED_BEFORE'] ?? 0),
      skipped: 0,
    }
    for (const module of modules) {
      count.failed += module.errors().length
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        count[state === 'pending' ? 'failed' : state] += 1
      }
    }
    const line = `\ntests: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`
    // After everything else that vitest has to say.
    process.once('exit', () => process.stdout.write(line))
  }
}
