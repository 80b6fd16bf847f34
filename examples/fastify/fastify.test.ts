import { attachedApp } from '../attached.js'

attachedApp(import.meta.url)
