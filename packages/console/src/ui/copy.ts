/**
 * Puts a text on the clipboard. Browsers have `navigator.clipboard` on https and on localhost alone, and many hosts are
 * looked at by plain http: there the old way still works, from within a click. Resolves to whether it is done.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copySelected(text)
  }
}

function copySelected(text: string): boolean {
  const before = document.activeElement
  const area = document.createElement('textarea')
  area.value = text
  area.readOnly = true
  area.className = 'hidden'
  // What lies outside of a modal dialog cannot be selected while that is open.
  const room = before?.closest('dialog') ?? document.querySelector('.guestool') ?? document.body
  room.append(area)
  try {
    area.select()
    return document.execCommand('copy')
  } catch {
    return false
  } finally {
    area.remove()
    if (before instanceof HTMLElement) before.focus()
  }
}
