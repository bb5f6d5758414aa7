import { Checkbox } from '@mantine/core'

interface ChoicesProps {
  readonly name: string
  readonly legend: string
  readonly of: readonly { readonly value: string; readonly label: string; readonly title?: string }[]
  /** Those that are chosen to begin with. */
  readonly chosen?: readonly string[] | undefined
}

/** Any of a list, as boxes that a form reads by their name. */
export function Choices({ name, legend, of, chosen = [] }: ChoicesProps): React.JSX.Element {
  return (
    <fieldset className="bw-choices">
      <legend>{legend}</legend>
      {of.map(({ value, label, title }) => (
        <Checkbox
          key={value}
          name={name}
          value={value}
          label={label}
          title={title}
          defaultChecked={chosen.includes(value)}
        />
      ))}
    </fieldset>
  )
}
