/** A uuid4: a hexadecimal digit for each `x`, one of 8, 9, a and b for the `v`. */
export const form = 'xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx'

// Written out, because an engine reads it faster than one with counts or without regard to case.
const uuid4 = new RegExp(`^${form.replaceAll('x', '[0-9a-fA-F]').replace('v', '[89abAB]')}$`)

export function isOpid(value: unknown): value is string {
  return typeof value === 'string' && uuid4.test(value)
}
