import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { Problem } from '../ui/problem.tsx'
import { ProviderField } from '../ui/provider-field.tsx'
import { readNumber, readText } from './read-form.ts'

const MICROS = 1_000_000

/** Records what a model costs. */
export function PutPrice(): React.JSX.Element {
  const put = useAct('putPrice')
  const [formKey, setFormKey] = useState(0)
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const micros = (name: string): number => Math.round((readNumber(form, name) ?? 0) * MICROS)
    const body = {
      provider: readText(form, 'provider'),
      model: readText(form, 'model'),
      currency: readText(form, 'currency'),
      inputMicros: micros('input'),
      outputMicros: micros('output'),
    }
    put.mutate({ body }, { onSuccess: () => setFormKey((key) => key + 1) })
  }
  return (
    <details className="bw-details">
      <summary>Record a price</summary>
      <form key={formKey} className="bw-stack" onSubmit={submit}>
        {put.error && <Problem error={put.error} />}
        <div className="bw-fields">
          <ProviderField label="Provider" />
          <TextInput name="model" label="Model" required maxLength={200} />
          <TextInput name="currency" label="Currency" required pattern="[A-Z]{3}" placeholder="USD" />
          <TextInput name="input" label="A million tokens sent" type="number" min={0} step="any" required />
          <TextInput name="output" label="A million tokens answered" type="number" min={0} step="any" required />
        </div>
        <Button type="submit" variant="default" disabled={put.isPending}>
          Record
        </Button>
      </form>
    </details>
  )
}
