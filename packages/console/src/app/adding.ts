import { Cell } from './cell.js'

/** Whether the dialog that adds a guest is open. */
export const adding = new Cell(false)
