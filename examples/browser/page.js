import { createClient } from './guestool.js'

const client = createClient(`ws://${location.host}/guests/this-machine`)

client.on('state', (state) => {
  const status = document.querySelector('#state')
  status.textContent = state
  status.className = state
})

void follow('system_platform', undefined, ({ summary }) => show('#platform', summary))
void follow('cpu', 0.5, ({ cpu_percent, cpu_ncores }) => {
  meter('cpu', cpu_percent, `${cpu_percent.toFixed(1)} % of ${cpu_ncores.logical} cores`)
})
void follow('memory', undefined, ({ mem }) => {
  meter('memory', mem.percent, `${mem.percent.toFixed(1)} % of ${gibibytes(mem.total)}`)
})
void follow('all_network_io', 0.9, (devices) => {
  const received = devices.reduce((sum, { recv_bytes }) => sum + recv_bytes, 0) / 0.9
  show('#network', `${(received / 1024).toFixed(1)} KiB/s in`)
})

async function follow(info, params, use) {
  try {
    for await (const result of client.watch(info, params, { every: 1_000 })) use(result)
  } catch (error) {
    show('#state', error.message)
  }
}

function meter(id, percent, text) {
  document.querySelector(`#${id}`).value = percent
  show(`output[for=${id}]`, text)
}

function show(selector, text) {
  document.querySelector(selector).textContent = text
}

function gibibytes(bytes) {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}
