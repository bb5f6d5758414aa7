import type { MinimumRules, MinimumTrial } from '@breakwater/contract'
import { Button, NativeSelect, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useAsk } from '../api/use-ask.ts'
import { compareLines } from '../ui/compare-lines.ts'
import { Facts } from '../ui/facts.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { readText } from './read-form.ts'

interface TryMinimumProps {
  readonly candidates: readonly { readonly name: string; readonly rules: MinimumRules }[]
}

/** Shows on a pasted record what rules would cut off. Nothing of it is kept or sent on. */
export function TryMinimum({ candidates }: TryMinimumProps): React.JSX.Element {
  const trial = useAsk('tryMinimumRules')
  const [tried, setTried] = useState('')
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const rules = candidates.find(({ name }) => name === readText(form, 'rules'))?.rules
    const text = readText(form, 'text')
    if (!rules) return
    trial.mutate({ body: { rules, text } }, { onSuccess: () => setTried(text) })
  }
  return (
    <Sheet title="Try it on a record">
      <form className="bw-stack" onSubmit={submit}>
        <NativeSelect className="bw-one" name="rules" label="Policy" data={candidates.map(({ name }) => name)} />
        <Textarea
          name="text"
          label="Record"
          description="FHIR or other JSON, by itself or between words. A made-up one will do: it is not kept, and nothing is sent on."
          classNames={{ input: 'bw-code' }}
          required
          maxLength={200_000}
          autosize={false}
          rows={8}
          spellCheck={false}
        />
        <Button type="submit" variant="default" disabled={trial.isPending}>
          Show what would leave
        </Button>
      </form>
      {trial.error && <Problem error={trial.error} />}
      {trial.data && <Trial of={trial.data} text={tried} />}
    </Sheet>
  )
}

function Trial({ of: { left, fields, records, places }, text }: { readonly of: MinimumTrial; readonly text: string }) {
  return (
    <div className="bw-stack" role="status">
      <Facts
        of={{
          'Left out':
            [fields > 0 && count(fields, 'field'), records > 0 && count(records, 'whole record')]
              .filter((part) => part !== false)
              .join(', ') || 'nothing',
          Where: places.map((each) => (each.count > 1 ? `${each.place} (${each.count})` : each.place)).join(', '),
        }}
      />
      <pre className="bw-diff" tabIndex={0} aria-label="What would leave; what is cut off is struck out">
        {compareLines(layOut(text), layOut(left)).map(({ line, isLeft }, at) =>
          isLeft ? <span key={at}>{`${line}\n`}</span> : <Gone key={at} line={line} />,
        )}
      </pre>
    </div>
  )
}

/** Struck out but for what it is indented by. */
function Gone({ line }: { readonly line: string }): React.JSX.Element {
  const text = line.trimStart()
  return (
    <span className="bw-gone">
      {line.slice(0, line.length - text.length)}
      <del>{text}</del>
    </span>
  )
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}

/** JSON a member a line, so that what is gone shows; a comma alone is no difference. */
function layOut(text: string): readonly string[] {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
      .split('\n')
      .map((line) => line.replace(/,$/, ''))
  } catch {
    return text.split('\n')
  }
}
