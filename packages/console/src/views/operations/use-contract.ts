import { isGuestoolError, guestool } from '@guestool/core'
import { useEffect, useState } from 'preact/hooks'
import { useCell } from '../../app/cell.js'
import { useSession, type Session } from '../../app/session.js'
import type { ContractTable } from '@guestool/core/learned-contract'

export interface KnownContract {
  readonly table: ContractTable | undefined
  /** Whether the host does not tell its contract, so that this is the protocol's own. */
  readonly isOwn: boolean
  readonly error: unknown
}

/** What may be asked of guests, as the host says it: asked for at each connect, since the host may be another one then. */
export function useContract(): KnownContract {
  const session = useSession()
  const isOpen = useCell(session.state) === 'open'
  const [known, setKnown] = useState<KnownContract>({ table: undefined, isOwn: false, error: undefined })
  useEffect(() => {
    if (!isOpen) return undefined
    const ended = new AbortController()
    const learn = async (): Promise<void> => {
      const now = await learned(session, ended.signal)
      if (!ended.signal.aborted) setKnown((before) => ({ ...now, table: now.table ?? before.table }))
    }
    void learn()
    return () => ended.abort()
  }, [session, isOpen])
  return known
}

async function learned(session: Session, signal: AbortSignal): Promise<KnownContract> {
  try {
    const table = await session.hub.info('contract', {}, { signal })
    session.contract.learn(table)
    return { table, isOwn: false, error: undefined }
  } catch (error) {
    const isOlder = isGuestoolError(error) && error.code === 'unknown_operation'
    return isOlder
      ? { table: ownTable(), isOwn: true, error: undefined }
      : { table: undefined, isOwn: false, error }
  }
}

function ownTable(): ContractTable {
  return { info: namesAlone(guestool.info), action: namesAlone(guestool.action), event: {} }
}

function namesAlone(operations: ReadonlyMap<string, unknown>): ContractTable['info'] {
  return Object.fromEntries([...operations.keys()].map((name) => [name, { params: {}, result: {} }]))
}
