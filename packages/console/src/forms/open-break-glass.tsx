import type { BreakGlassInput } from '@breakwater/contract'
import { BREAK_GLASS_REASONS, MAX_BREAK_GLASS_SECONDS } from '@breakwater/contract'
import { Button, NativeSelect, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { ActButton } from '../ui/act-button.tsx'
import { Due } from '../ui/moment.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { formatSeconds, toWords } from '../ui/words.ts'
import { readChoice, readText } from './read-form.ts'

const TIMES = [900, 1_800, MAX_BREAK_GLASS_SECONDS]
const CONTROLS = ['review', 'second-person'] as const
const CONTROL_WORDS: Readonly<Record<(typeof CONTROLS)[number], string>> = {
  review: 'at once, then reviewed',
  'second-person': 'once confirmed',
}

/** Opens emergency access for oneself, and closes what was opened here: 45 CFR 164.312(a)(2)(ii). */
export function OpenBreakGlass(): React.JSX.Element {
  const open = useAct('openBreakGlass')
  const close = useAct('closeBreakGlass')
  const [formKey, setFormKey] = useState(0)
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const body = readBreakGlass(new FormData(event.currentTarget))
    close.reset()
    open.mutate({ body }, { onSuccess: () => setFormKey((key) => key + 1) })
  }
  const error = open.error ?? close.error
  return (
    <Sheet title="Break the glass">
      <p>
        For an emergency only. It is in the ledger at once, those who oversee are alerted, and somebody else judges
        whether there was a reason.
      </p>
      {error && <Problem error={error} />}
      {open.data && (
        <div className="bw-banner" role="status">
          {close.isSuccess ? (
            'Closed. It is reviewed now.'
          ) : (
            <>
              {open.data.state === 'to confirm' ? 'Somebody else has to confirm it.' : 'Open.'} It ends{' '}
              <Due at={open.data.endsAt} />.{' '}
              <ActButton
                about="your break-glass"
                isBusy={close.isPending}
                onAct={() => close.mutate({ parameters: { id: open.data.id } })}
              >
                Close
              </ActButton>
            </>
          )}
        </div>
      )}
      <form key={formKey} className="bw-stack" onSubmit={submit}>
        <div className="bw-fields">
          <NativeSelect
            name="reason"
            label="Emergency"
            data={BREAK_GLASS_REASONS.map((reason) => ({ value: reason, label: toWords(reason) }))}
          />
          <NativeSelect
            name="seconds"
            label="For"
            defaultValue={String(MAX_BREAK_GLASS_SECONDS)}
            data={TIMES.map((seconds) => ({ value: String(seconds), label: formatSeconds(seconds) }))}
          />
          <NativeSelect
            name="control"
            label="Opens"
            data={CONTROLS.map((control) => ({ value: control, label: CONTROL_WORDS[control] }))}
          />
        </div>
        <Textarea
          name="justification"
          label="Justification"
          description="What happened. Without names or numbers of patients."
          required
          minLength={10}
          maxLength={500}
          autosize={false}
          rows={2}
        />
        <Button type="submit" color="red" disabled={open.isPending}>
          Break the glass
        </Button>
      </form>
    </Sheet>
  )
}

function readBreakGlass(form: FormData): BreakGlassInput {
  return {
    reason: readChoice(form, 'reason', BREAK_GLASS_REASONS) ?? BREAK_GLASS_REASONS[0],
    seconds: Number(readText(form, 'seconds')),
    control: readChoice(form, 'control', CONTROLS) ?? CONTROLS[0],
    justification: readText(form, 'justification'),
  }
}
