import { createLogUpdate } from 'log-update'

/** A view that is redrawn in place. */
export interface Screen {
  readonly show: () => void
  /** Leaves the last view standing and the cursor visible. */
  readonly done: () => void
}

const CLEAR = '\u001b[2J\u001b[H'

/** Redraws one place of a terminal. */
export function liveScreen(stream: NodeJS.WriteStream, frame: () => string[]): Screen {
  const update = createLogUpdate(stream)
  const show = (): void => update(frame().join('\n'))
  // A terminal breaks its lines anew when it is resized, so nobody knows where the old view is by now.
  const redraw = (): void => {
    stream.write(CLEAR)
    update.done()
    show()
  }
  // Ctrl-Z: the shell gets its cursor back, and writes where it likes until `fg`.
  const suspend = (): void => {
    update.done()
    process.kill(process.pid, 'SIGSTOP')
  }
  stream.on('resize', redraw)
  process.on('SIGTSTP', suspend)
  process.on('SIGCONT', redraw)
  return {
    show,
    done() {
      stream.off('resize', redraw)
      process.off('SIGTSTP', suspend)
      process.off('SIGCONT', redraw)
      update.done()
      // The terminal wrote ^C here.
      stream.write('\n')
    },
  }
}
