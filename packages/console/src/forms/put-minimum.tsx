import type { MinimumPolicyInput } from '@breakwater/contract'
import { PURPOSES, ROLES } from '@breakwater/contract'
import { Button, TextInput } from '@mantine/core'
import { useAct } from '../api/use-act.ts'
import { Choices } from '../ui/choices.tsx'
import { Problem } from '../ui/problem.tsx'
import { namePurpose, toWords } from '../ui/words.ts'
import { readChoices, readList, readText } from './read-form.ts'

interface PutMinimumProps {
  readonly name: string
  readonly starter: MinimumPolicyInput
  readonly onDone: () => void
}

/** Records a shipped policy under an id of one's own, for whom it shall hold. */
export function PutMinimum({ name, starter, onDone }: PutMinimumProps): React.JSX.Element {
  const put = useAct('putMinimumPolicy')
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const models = readList(form, 'models')
    const { models: _models, ...rest } = starter
    const body: MinimumPolicyInput = {
      ...rest,
      roles: readChoices(form, 'roles', ROLES),
      purposes: readChoices(form, 'purposes', PURPOSES),
      ...(models.length > 0 && { models }),
    }
    put.mutate({ parameters: { id: readText(form, 'id') }, body }, { onSuccess: onDone })
  }
  return (
    <form className="bw-stack" onSubmit={submit}>
      {put.error && <Problem error={put.error} />}
      <div className="bw-fields">
        <TextInput name="id" label="Id" required maxLength={63} defaultValue={name} />
        <TextInput
          name="models"
          label="Models"
          description="Only for these; left out: for all."
          defaultValue={starter.models?.join(', ') ?? ''}
        />
      </div>
      <Choices
        name="roles"
        legend="Roles"
        of={ROLES.map((role) => ({ value: role, label: toWords(role) }))}
        chosen={starter.roles}
      />
      <Choices
        name="purposes"
        legend="Purposes of use"
        of={PURPOSES.map((purpose) => ({ value: purpose, label: namePurpose(purpose) }))}
        chosen={starter.purposes}
      />
      <div className="bw-actions">
        <Button type="submit" disabled={put.isPending}>
          Record it
        </Button>
        <Button variant="default" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
