import type { LimitInput } from '@breakwater/contract'
import { LIMIT_METRICS, LIMIT_SPANS, statedPurposeSchema } from '@breakwater/contract'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { Problem } from '../ui/problem.tsx'
import { ProviderField } from '../ui/provider-field.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { namePurpose } from '../ui/words.ts'
import { readChoice, readNumber, readText } from './read-form.ts'

const PURPOSES = statedPurposeSchema.options
const EACH = '*'
const MICROS = 1_000_000
const METRIC_WORDS: Readonly<Record<LimitInput['metric'], string>> = {
  requests: 'Requests',
  tokens: 'Tokens',
  cost: 'Cost',
  streams: 'Open streams',
}

/** Records a limit, or its next amount. */
export function PutLimit(): React.JSX.Element {
  const put = useAct('putLimit')
  const [formKey, setFormKey] = useState(0)
  const [metric, setMetric] = useState<LimitInput['metric']>('requests')
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    put.mutate(
      { parameters: { id: readText(form, 'id') }, body: readLimit(form, metric) },
      { onSuccess: () => setFormKey((key) => key + 1) },
    )
  }
  return (
    <Sheet title="Put a limit">
      <p className="bw-dim">A limit that is there goes on counting what it counts: only its amount can change.</p>
      {put.error && <Problem error={put.error} />}
      {put.data && (
        <div className="bw-banner" data-tone="good" role="status">
          {put.data.id} is in force, version {put.data.version}.
        </div>
      )}
      <form key={formKey} className="bw-stack" onSubmit={submit}>
        <div className="bw-fields">
          <TextInput name="id" label="Id" required maxLength={48} />
          <NativeSelect
            label="What is counted"
            value={metric}
            data={LIMIT_METRICS.map((each) => ({ value: each, label: METRIC_WORDS[each] }))}
            onChange={({ currentTarget: { value } }) =>
              setMetric(LIMIT_METRICS.find((each) => each === value) ?? metric)
            }
          />
          {metric !== 'streams' && (
            <NativeSelect name="span" label="Within a" data={[...LIMIT_SPANS]} defaultValue="day" />
          )}
          <TextInput
            name="amount"
            label={metric === 'cost' ? 'Amount of money' : 'How many'}
            type="number"
            required
            min={metric === 'cost' ? 0.01 : 1}
            step={metric === 'cost' ? 'any' : 1}
          />
          {metric === 'cost' && (
            <TextInput name="currency" label="Currency" required pattern="[A-Z]{3}" placeholder="USD" />
          )}
        </div>
        <div className="bw-fields">
          <TextInput
            name="principal"
            label="Of whom"
            description="An id; * counts each by itself; left out: all together."
            maxLength={63}
          />
          <NativeSelect
            name="purpose"
            label="For which purpose"
            description="Counted by itself, or all together."
            data={[
              { value: '', label: 'all together' },
              { value: EACH, label: 'each by itself' },
              ...PURPOSES.map((code) => ({ value: code, label: namePurpose(code) })),
            ]}
          />
          <ProviderField
            label="To which provider"
            description="Counted by itself, or all together."
            others={[
              { value: '', label: 'all together' },
              { value: EACH, label: 'each by itself' },
            ]}
          />
        </div>
        <Button type="submit" disabled={put.isPending}>
          Put it in force
        </Button>
      </form>
    </Sheet>
  )
}

function readLimit(form: FormData, metric: LimitInput['metric']): LimitInput {
  const amount = readNumber(form, 'amount') ?? 0
  const principal = readText(form, 'principal')
  const provider = readText(form, 'provider')
  const purpose = readChoice(form, 'purpose', [EACH, ...PURPOSES])
  const span = readChoice(form, 'span', LIMIT_SPANS)
  return {
    metric,
    amount: metric === 'cost' ? Math.round(amount * MICROS) : amount,
    ...(principal !== '' && { principal }),
    ...(provider !== '' && { provider }),
    ...(purpose !== undefined && { purpose }),
    ...(metric !== 'streams' && span !== undefined && { span }),
    ...(metric === 'cost' && { currency: readText(form, 'currency') }),
  }
}
