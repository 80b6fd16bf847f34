import { lazy } from '../../app/lazy.js'

export const TimelineView = lazy(() => import('./TimelineView.js').then((view) => view.TimelineView))
