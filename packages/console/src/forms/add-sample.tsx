import { Button, NativeSelect } from '@mantine/core'
import { useRead } from '../api/use-read.ts'
import { Loaded } from '../ui/loaded.tsx'
import { Problem } from '../ui/problem.tsx'
import { readText } from './read-form.ts'

interface AddSampleProps {
  readonly isBusy: boolean
  readonly isDone: boolean
  readonly error: Error | null
  readonly onAdd: (set: string) => void
}

/** Takes a crossing over into an evaluation set, in its masked form. */
export function AddSample({ isBusy, isDone, error, onAdd }: AddSampleProps): React.JSX.Element {
  const sets = useRead('listEvaluations')
  return (
    <Loaded of={sets}>
      {({ evaluations }) =>
        evaluations.length === 0 ? undefined : (
          <form
            className="bw-actions bw-inline"
            onSubmit={(event) => {
              event.preventDefault()
              onAdd(readText(new FormData(event.currentTarget), 'set'))
            }}
          >
            <NativeSelect name="set" aria-label="Evaluation set" size="xs" data={evaluations.map(({ id }) => id)} />
            <Button type="submit" variant="default" size="compact-sm" disabled={isBusy}>
              Add to the set
            </Button>
            {isDone && <span role="status">Added, masked.</span>}
            {error && <Problem error={error} />}
          </form>
        )
      }
    </Loaded>
  )
}
