import type { Target } from '../target.js'
import { codec } from './codec.js'
import { diallers } from './dialler.js'
import { hosts } from './host.js'
import { sessions } from './session.js'

export const targets: readonly Target[] = [codec, ...sessions, ...diallers, ...hosts]
