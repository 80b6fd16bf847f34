// The same cases in a real browser: core and everything here must not know where they run.
// oxlint-disable-next-line import/no-unassigned-import -- it is imported to run
import './conformance.test.js'
