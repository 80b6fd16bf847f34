import type { ComponentType, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ErrorText } from '../ui/ErrorText.js'
import { Waiting } from '../ui/Waiting.js'

/** A view in a file of its own, which is loaded when it is first shown. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => VNode {
  let loaded: ComponentType<P> | undefined
  return function Lazy(props: P): VNode {
    const [, redraw] = useState({})
    const [error, setError] = useState<unknown>()
    useEffect(() => {
      const bring = async (): Promise<void> => {
        try {
          loaded ??= await load()
          redraw({})
        } catch (reason) {
          setError(reason)
        }
      }
      if (loaded === undefined) void bring()
    }, [])
    if (error !== undefined) return <ErrorText error={error} />
    const View = loaded
    return View === undefined ? <Waiting /> : <View {...props} />
  }
}
