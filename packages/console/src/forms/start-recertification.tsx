import type { RecertificationInput } from '@breakwater/contract'
import { RECERTIFICATION_KINDS } from '@breakwater/contract'
import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { useRead } from '../api/use-read.ts'
import { Choices } from '../ui/choices.tsx'
import { Loaded } from '../ui/loaded.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { formatSeconds } from '../ui/words.ts'
import { readChoices, readText } from './read-form.ts'

const DAY_SECONDS = 86_400
const TIMES = [7, 14, 30].map((days) => days * DAY_SECONDS)

/** Starts a campaign: what is looked at, who looks, and until when. */
export function StartRecertification(): React.JSX.Element {
  const names = useRead('listPeopleNames')
  const start = useAct('startRecertification')
  const [formKey, setFormKey] = useState(0)
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const body = readCampaign(new FormData(event.currentTarget))
    start.mutate({ body }, { onSuccess: () => setFormKey((key) => key + 1) })
  }
  return (
    <Sheet title="Start a campaign">
      {start.error && <Problem error={start.error} />}
      {start.isSuccess && (
        <div className="bw-banner" data-tone="good" role="status">
          Started. What nobody keeps is revoked on the due date.
        </div>
      )}
      <Loaded of={names}>
        {({ names: people }) => (
          <form key={formKey} className="bw-stack" onSubmit={submit}>
            <Choices
              name="scope"
              legend="What is looked at"
              of={RECERTIFICATION_KINDS.map((kind) => ({ value: kind, label: `${kind}s` }))}
            />
            <Choices
              name="reviewers"
              legend="Who looks (nobody answers what is his own)"
              of={people.map(({ id, name }) => ({ value: id, label: name }))}
            />
            <div className="bw-fields">
              <NativeSelect
                name="seconds"
                label="Due in"
                defaultValue={String(TIMES[1])}
                data={TIMES.map((seconds) => ({ value: String(seconds), label: formatSeconds(seconds) }))}
              />
            </div>
            <Button type="submit" disabled={start.isPending}>
              Start
            </Button>
          </form>
        )}
      </Loaded>
    </Sheet>
  )
}

function readCampaign(form: FormData): RecertificationInput {
  return {
    scope: readChoices(form, 'scope', RECERTIFICATION_KINDS),
    reviewers: form.getAll('reviewers').filter((each) => typeof each === 'string'),
    dueAt: new Date(Date.now() + Number(readText(form, 'seconds')) * 1_000).toISOString(),
  }
}
