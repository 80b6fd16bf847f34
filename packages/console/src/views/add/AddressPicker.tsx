import type { VNode } from 'preact'
import { useId } from 'preact/hooks'
import { useTexts } from '../../app/language.js'
import { Badge } from '../../ui/Badge.js'
import { portOf, type Address } from './address.js'
import { texts } from './texts.js'

export interface AddressPickerProps {
  readonly addresses: readonly Address[]
  readonly chosen: Address
  readonly onChoose: (address: Address) => void
}

export function AddressPicker({ addresses, chosen, onChoose }: AddressPickerProps): VNode {
  const words = useTexts(texts).address
  const group = useId()
  return (
    <fieldset class="add-addresses">
      <legend>{words.label}</legend>
      {addresses.map((address) => (
        <label key={address.url} class="add-address">
          <input
            type="radio"
            name={group}
            checked={address.url === chosen.url}
            onChange={() => onChoose(address)}
          />
          <span>{words.kind[address.kind]}</span>
          <code>{address.url}</code>
          {!address.open && <Badge tone="warn">{words.closed}</Badge>}
        </label>
      ))}
      {!chosen.open && (
        <div class="add-warning">
          <p>{words.closedHelp(portOf(chosen.url))}</p>
          <pre class="command">{words.closedCommand}</pre>
        </div>
      )}
    </fieldset>
  )
}
