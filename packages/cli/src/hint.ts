/** How somebody types a command here: `npm run guestool -- add alpha` in a clone of the project. */
export function hint(words: string): string {
  const { GUESTOOL_COMMAND } = process.env
  return `${GUESTOOL_COMMAND || 'guestool'}${dataFlag()} ${words}`
}

/** A data folder that was given must be given again. */
function dataFlag(): string {
  const { argv } = process
  const at = argv.indexOf('--data')
  const given =
    at < 0 ? argv.find((word) => word.startsWith('--data='))?.slice('--data='.length) : argv[at + 1]
  if (given === undefined) return ''
  return ` --data ${/^[\w./~-]+$/.test(given) ? given : `'${given.replaceAll("'", "'\\''")}'`}`
}
