// The same cases in a real browser: core and everything here must not know where they run.
import './conformance.test.js'
