import type { EvaluationRecord, KeptRuleRecord } from '@breakwater/contract'
import { OPEN_PURPOSES } from '@breakwater/contract'
import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { download } from '../../api/download.ts'
import { useAct, useSteppingUp } from '../../api/use-act.ts'
import { useRead } from '../../api/use-read.ts'
import { readText } from '../../forms/read-form.ts'
import { useSession } from '../../session/session.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Problem } from '../../ui/problem.tsx'
import { Sheet } from '../../ui/sheet.tsx'

interface EvaluationsProps {
  /** Not known to who may only export: then their own purposes are tried. */
  readonly rule: KeptRuleRecord | undefined
}

/** Masked samples to measure models with, as files of JSON lines. */
export function Evaluations({ rule }: EvaluationsProps): React.JSX.Element {
  const sets = useRead('listEvaluations')
  const remove = useAct('deleteEvaluation')
  const { person, permits } = useSession()
  const steppingUp = useSteppingUp()
  const purpose = rule?.purpose ?? OPEN_PURPOSES.find((each) => person.purposes.includes(each)) ?? 'HOPERAT'
  const take = useMutation<void, Error, string>({
    mutationFn: async (id) =>
      steppingUp(async () =>
        download('exportEvaluation', { parameters: { id }, query: { purpose }, file: `${id}.jsonl` }),
      ),
  })
  const error = remove.error ?? take.error
  return (
    <Sheet title="Evaluation sets">
      {error && <Problem error={error} />}
      <Loaded of={sets}>
        {({ evaluations: all }) => (
          <>
            {all.length === 0 && <Empty>There is no set.</Empty>}
            <ul className="bw-list">
              {all.map((set) => (
                <li key={set.id} className="bw-row">
                  <Evaluation of={set} />
                  <div className="bw-actions">
                    <ActButton about={set.id} isBusy={take.isPending} onAct={() => take.mutate(set.id)}>
                      Export
                    </ActButton>
                    {permits('curateEvaluation') && (
                      <ActButton
                        about={set.id}
                        confirm="The set and its samples are deleted."
                        isBusy={remove.isPending}
                        onAct={() => remove.mutate({ parameters: { id: set.id } })}
                      >
                        Delete
                      </ActButton>
                    )}
                  </div>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {permits('curateEvaluation') && <NewSet />}
    </Sheet>
  )
}

function Evaluation({ of: { id, count, createdBy, createdAt } }: { readonly of: EvaluationRecord }): React.JSX.Element {
  const { nameOf } = useSession()
  return (
    <div>
      <strong>{id}</strong>
      <Facts
        of={{
          Samples: String(count),
          Made: (
            <>
              <Moment at={createdAt} /> by {nameOf(createdBy)}
            </>
          ),
        }}
      />
    </div>
  )
}

function NewSet(): React.JSX.Element {
  const create = useAct('createEvaluation')
  const [formKey, setFormKey] = useState(0)
  return (
    <form
      key={formKey}
      className="bw-actions bw-inline"
      onSubmit={(event) => {
        event.preventDefault()
        const id = readText(new FormData(event.currentTarget), 'id')
        create.mutate({ parameters: { id } }, { onSuccess: () => setFormKey((key) => key + 1) })
      }}
    >
      <TextInput
        name="id"
        aria-label="Id of a new set"
        placeholder="id of a new set"
        size="xs"
        required
        maxLength={63}
      />
      <Button type="submit" variant="default" size="compact-sm" disabled={create.isPending}>
        Make a set
      </Button>
      {create.error && <Problem error={create.error} />}
    </form>
  )
}
