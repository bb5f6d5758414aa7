import { NativeSelect, TextInput } from '@mantine/core'
import { useRead } from '../api/use-read.ts'
import { useSession } from '../session/session.ts'

interface ProviderFieldProps {
  readonly label: string
  readonly description?: string
  readonly defaultValue?: string | undefined
  /** Besides the providers; they come first. */
  readonly others?: readonly { readonly value: string; readonly label: string }[]
}

/** A provider to choose from those that are known; its id to type for who may not list them. */
export function ProviderField({
  label,
  description,
  defaultValue,
  others = [],
}: ProviderFieldProps): React.JSX.Element {
  const { permits } = useSession()
  const providers = useRead('listProviders', undefined, { isEnabled: permits('manageProviders') })
  const isRequired = others.length === 0
  const shared = { name: 'provider', label, description, required: isRequired }
  if (!providers.data) return <TextInput {...shared} maxLength={63} defaultValue={defaultValue ?? ''} />
  const ids = providers.data.providers.map(({ id }) => id)
  const known = defaultValue === undefined || ids.includes(defaultValue) ? ids : [defaultValue, ...ids]
  return (
    <NativeSelect
      {...shared}
      data={[...others, ...known.map((id) => ({ value: id, label: id }))]}
      defaultValue={defaultValue ?? others[0]?.value}
    />
  )
}
