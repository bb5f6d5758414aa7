import type { AccessRequestInput } from '@breakwater/contract'
import { ACCESS_REASONS, PURPOSES, ROLES } from '@breakwater/contract'
import { Button, NativeSelect, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { formatSeconds, toWords } from '../ui/words.ts'
import { readChoice, readText } from './read-form.ts'

const TIMES = [1_800, 3_600, 14_400, 28_800, 86_400, 604_800]

/** Asks for a role, a purpose or both, for a time. */
export function AskForAccess(): React.JSX.Element {
  const request = useAct('requestAccess')
  const [formKey, setFormKey] = useState(0)
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const body = readRequest(new FormData(event.currentTarget))
    request.mutate({ body }, { onSuccess: () => setFormKey((key) => key + 1) })
  }
  return (
    <Sheet title="Ask for access">
      {request.error && <Problem error={request.error} />}
      {request.isSuccess && (
        <div className="bw-banner" data-tone="good" role="status">
          Asked. Somebody else answers it; until then nothing changes.
        </div>
      )}
      <form key={formKey} className="bw-stack" onSubmit={submit}>
        <div className="bw-fields">
          <NativeSelect name="role" label="Role" data={withNone(ROLES)} />
          <NativeSelect name="purpose" label="Purpose of use" data={withNone(PURPOSES)} />
          <NativeSelect
            name="seconds"
            label="For"
            data={TIMES.map((seconds) => ({ value: String(seconds), label: formatSeconds(seconds) }))}
          />
          <NativeSelect
            name="reason"
            label="Reason"
            data={ACCESS_REASONS.map((reason) => ({ value: reason, label: toWords(reason) }))}
          />
        </div>
        <Textarea
          name="justification"
          label="Justification"
          description="Why you, and why now. Without names or numbers of patients."
          required
          minLength={10}
          maxLength={500}
          autosize={false}
          rows={2}
        />
        <Button type="submit" disabled={request.isPending}>
          Ask
        </Button>
      </form>
    </Sheet>
  )
}

function readRequest(form: FormData): AccessRequestInput {
  const role = readChoice(form, 'role', ROLES)
  const purpose = readChoice(form, 'purpose', PURPOSES)
  return {
    roles: role === undefined ? [] : [role],
    purposes: purpose === undefined ? [] : [purpose],
    seconds: Number(readText(form, 'seconds')),
    reason: readChoice(form, 'reason', ACCESS_REASONS) ?? ACCESS_REASONS[0],
    justification: readText(form, 'justification'),
  }
}

function withNone(values: readonly string[]): { readonly value: string; readonly label: string }[] {
  return [{ value: '', label: 'none' }, ...values.map((value) => ({ value, label: toWords(value) }))]
}
