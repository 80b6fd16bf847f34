import { mount } from './browser.js'

const element = document.querySelector<HTMLElement>('#console')
if (element) mount(element)
