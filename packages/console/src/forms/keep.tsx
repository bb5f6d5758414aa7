import type { KeptKind, KeptRuleInput, KeptRuleRecord } from '@breakwater/contract'
import { KEEP_REASONS, MAX_KEPT_DAYS, OPEN_PURPOSES } from '@breakwater/contract'
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useAct } from '../api/use-act.ts'
import { KEPT_WORDS } from '../pages/kept/words.ts'
import { Problem } from '../ui/problem.tsx'
import { namePurpose, toWords } from '../ui/words.ts'
import { readChoice, readNumber } from './read-form.ts'

const USUAL_DAYS = 30

interface KeepFormProps {
  readonly kind: KeptKind
  readonly rule: KeptRuleRecord | undefined
}

/** Switches one kind on, after saying what will be kept and who may read it. */
export function KeepForm({ kind, rule }: KeepFormProps): React.JSX.Element {
  const put = useAct('putKeptRule')
  const { title, what, readers } = KEPT_WORDS[kind]
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    put.mutate({ parameters: { kind }, body: readRule(new FormData(event.currentTarget)) })
  }
  return (
    <details className="bw-details">
      <summary>{rule ? `Change what is kept of ${title.toLowerCase()}` : `Switch ${title.toLowerCase()} on`}</summary>
      <form className="bw-stack" onSubmit={submit}>
        {put.error && <Problem error={put.error} />}
        <div className="bw-banner">
          <p>
            <strong>From then on this is kept:</strong> {what}
          </p>
          <p>
            <strong>Who may read it:</strong> {readers} Each reading is in the ledger.
          </p>
        </div>
        <div className="bw-fields">
          <NativeSelect
            name="purpose"
            label="Purpose"
            description="It is read for no other."
            defaultValue={rule?.purpose ?? 'HOPERAT'}
            data={OPEN_PURPOSES.map((code) => ({ value: code, label: namePurpose(code) }))}
          />
          <TextInput
            name="days"
            label="Days"
            description={`How long each is kept, ${MAX_KEPT_DAYS} at most.`}
            type="number"
            min={1}
            max={MAX_KEPT_DAYS}
            required
            defaultValue={rule?.retentionDays ?? USUAL_DAYS}
          />
          <NativeSelect
            name="reason"
            label="Reason"
            description="For the ledger."
            defaultValue={rule?.reason ?? 'quality-review'}
            data={KEEP_REASONS.map((reason) => ({ value: reason, label: toWords(reason) }))}
          />
        </div>
        {kind === 'history' && (
          <Checkbox
            name="keepsRestored"
            label="Also with the values that were masked"
            description="Names, dates and numbers of patients as the caller sent them. Read only by who may have every class put back."
            defaultChecked={rule?.keepsRestored ?? false}
          />
        )}
        {rule && <p className="bw-dim">A shorter time reaches back to what is kept already; a longer one does not.</p>}
        <Button type="submit" disabled={put.isPending}>
          {rule ? 'Change' : 'Keep from now on'}
        </Button>
      </form>
    </details>
  )
}

function readRule(form: FormData): KeptRuleInput {
  return {
    purpose: readChoice(form, 'purpose', OPEN_PURPOSES) ?? OPEN_PURPOSES[0],
    retentionDays: readNumber(form, 'days') ?? USUAL_DAYS,
    reason: readChoice(form, 'reason', KEEP_REASONS) ?? KEEP_REASONS[0],
    keepsRestored: form.has('keepsRestored'),
  }
}
