import { createHub } from '@guestool/client'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.js'

// One connection for the whole page, outside of the components: it reconnects by itself.
const hub = createHub(location.origin)
const page = document.querySelector('#page')
if (page === null) throw new Error('index.html has no #page')
createRoot(page).render(
  <StrictMode>
    <App hub={hub} />
  </StrictMode>,
)
