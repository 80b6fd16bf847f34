import { lazy } from '../../app/lazy.js'

export const GuestView = lazy(() => import('./GuestView.js').then((view) => view.GuestView))
