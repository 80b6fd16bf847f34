import {
  dispatch,
  GuestoolError,
  hub as hubContract,
  isGuestoolError,
  type Answer,
  type HubShape,
} from '@guestool/core'
import type { Stay } from './authentication.js'

type SignIn = NonNullable<Stay['signIn']>

/** All that a console is answered that has a one-time code: the hub's action `sign_in`, which changes it for a token. */
export function signInOnly(signIn: SignIn, id: string | undefined, report: (error: unknown) => void): Answer {
  const own = dispatch(hubContract, { action: { sign_in: () => signedIn(signIn, report) } })
  return (request, context, guest) => {
    const isForHub = id === undefined && guest === undefined
    if (isForHub && request.kind === 'action' && request.name === 'sign_in') return own(request, context)
    throw new GuestoolError(
      'forbidden',
      'a one-time code is good for nothing but the action sign_in of the hub, at /guests; ask for that, and connect with the token that it gives',
    )
  }
}

/** What a console is told that has no code to change. */
export function isSignedIn(): never {
  throw new GuestoolError(
    'forbidden',
    'this console is signed in already; sign_in is for one that brings a one-time code as its token',
  )
}

async function signedIn(
  signIn: SignIn,
  report: (error: unknown) => void,
): Promise<HubShape['action']['sign_in']['result']> {
  try {
    const { token, expiresAt } = await signIn()
    return { token, expires_ts: expiresAt === undefined ? null : expiresAt / 1000 }
  } catch (error) {
    if (isGuestoolError(error) && error.code === 'forbidden') throw error
    // It may say where the tokens are kept, which is not for somebody who is nobody yet.
    report(error)
    throw new GuestoolError('failed', 'this host cannot sign anybody in now; its error event says why')
  }
}
