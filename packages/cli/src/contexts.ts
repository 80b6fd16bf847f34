import { z } from 'zod'
import type { DataFolder } from './data-folder.js'

/** A saved host: where it is, and what it knows this console by. */
const contextForm = z.strictObject({ url: z.string(), token: z.string().optional() })
const contextsForm = z.strictObject({
  /** The name of the one that is asked where none is named. */
  current: z.string(),
  contexts: z.record(z.string(), contextForm),
})

export type Contexts = z.infer<typeof contextsForm>

/** The context of a host of this data folder. */
export const localContext = 'local'

const file = 'contexts.json'

export async function readContexts(data: DataFolder): Promise<Contexts> {
  return (await data.read(file, contextsForm)) ?? { current: localContext, contexts: {} }
}

export async function changeContexts(data: DataFolder, edit: (contexts: Contexts) => void): Promise<void> {
  const contexts = await readContexts(data)
  edit(contexts)
  await data.write(file, contexts)
}
