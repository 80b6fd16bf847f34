import { lazy } from '../../app/lazy.js'

export const WireView = lazy(() => import('./WireView.js').then((view) => view.WireView))
