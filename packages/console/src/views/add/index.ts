import { lazy } from '../../app/lazy.js'

export const AddGuest = lazy(() => import('./AddGuest.js').then((view) => view.AddGuest))
