import type { FreezeInput, FreezePreview } from '@breakwater/contract'
import { FREEZE_REASONS } from '@breakwater/contract'
import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { useAsk } from '../api/use-ask.ts'
import { Facts } from '../ui/facts.tsx'
import { Problem } from '../ui/problem.tsx'
import { ProviderField } from '../ui/provider-field.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { describeStop, toWords } from '../ui/words.ts'
import { readChoice, readText } from './read-form.ts'

const SCOPES = ['provider', 'tenant', 'all'] as const
const SCOPE_WORDS: Readonly<Record<(typeof SCOPES)[number], string>> = {
  provider: 'towards one provider',
  tenant: 'of this tenant',
  all: 'of this installation',
}

/** Stops something from leaving. First it tells what would stop. */
export function Freeze(): React.JSX.Element {
  const preview = useAsk('previewFreeze')
  const freeze = useAct('freeze')
  const [asked, setAsked] = useState<FreezeInput>()
  const [scope, setScope] = useState<(typeof SCOPES)[number]>('provider')
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const body = readFreeze(new FormData(event.currentTarget), scope)
    freeze.reset()
    preview.mutate({ body }, { onSuccess: () => setAsked(body) })
  }
  const forget = (): void => {
    setAsked(undefined)
    preview.reset()
  }
  const error = preview.error ?? freeze.error
  return (
    <Sheet title="Freeze">
      {error && <Problem error={error} />}
      {freeze.isSuccess && (
        <div className="bw-banner" role="status">
          Frozen. It holds on every replica within seconds; those who oversee are alerted.
        </div>
      )}
      <form className="bw-stack" onSubmit={submit} onChange={forget}>
        <div className="bw-fields">
          <NativeSelect
            name="scope"
            label="What leaves"
            value={scope}
            data={SCOPES.map((each) => ({ value: each, label: SCOPE_WORDS[each] }))}
            onChange={({ currentTarget: { value } }) => setScope(SCOPES.find((each) => each === value) ?? scope)}
          />
          {scope === 'provider' && <ProviderField label="Provider" />}
          <NativeSelect
            name="reason"
            label="Reason"
            data={FREEZE_REASONS.map((reason) => ({ value: reason, label: toWords(reason) }))}
          />
        </div>
        <Button type="submit" variant="default" disabled={preview.isPending}>
          Show what would stop
        </Button>
      </form>
      {asked && preview.data && (
        <Preview
          of={preview.data}
          isBusy={freeze.isPending}
          onFreeze={() => freeze.mutate({ body: asked }, { onSuccess: forget })}
        />
      )}
    </Sheet>
  )
}

interface PreviewProps {
  readonly of: FreezePreview
  readonly isBusy: boolean
  readonly onFreeze: () => void
}

function Preview({ of: { target, providers, underWay }, isBusy, onFreeze }: PreviewProps): React.JSX.Element {
  return (
    <div className="bw-stack" role="status">
      <h3 className="bw-subtitle">{describeStop(target)}</h3>
      <Facts
        of={{
          Providers:
            providers.map(({ id, isFrozen }) => (isFrozen ? `${id} (frozen already)` : id)).join(', ') || 'none',
          Models: providers.flatMap(({ models }) => models).join(', '),
          'Under way now': underWay,
        }}
      />
      <Button color="red" disabled={isBusy} onClick={onFreeze}>
        Freeze
      </Button>
    </div>
  )
}

function readFreeze(form: FormData, scope: (typeof SCOPES)[number]): FreezeInput {
  const reason = readChoice(form, 'reason', FREEZE_REASONS) ?? FREEZE_REASONS[0]
  return { reason, target: scope === 'provider' ? { scope, provider: readText(form, 'provider') } : { scope } }
}
