import type { InvitationInput } from '@breakwater/contract'
import { LOCAL_ROLES } from '@breakwater/contract'
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { Choices } from '../ui/choices.tsx'
import { OneUseLink } from '../ui/one-use-link.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'
import { toWords } from '../ui/words.ts'
import { readChoices, readText } from './read-form.ts'

/** Invites somebody to a local account: those who administer and oversee; everybody else has an identity provider. */
export function Invite(): React.JSX.Element {
  const invite = useAct('invitePerson')
  const [formKey, setFormKey] = useState(0)
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const body = readInvitation(new FormData(event.currentTarget))
    invite.mutate({ body }, { onSuccess: () => setFormKey((key) => key + 1) })
  }
  return (
    <Sheet title="Invite a person">
      {invite.error && <Problem error={invite.error} />}
      {invite.data && <OneUseLink link={invite.data} />}
      <form key={formKey} className="bw-stack" onSubmit={submit}>
        <div className="bw-fields">
          <TextInput name="name" label="Name" required maxLength={64} autoComplete="off" />
        </div>
        <Choices name="roles" legend="Roles" of={LOCAL_ROLES.map((role) => ({ value: role, label: toWords(role) }))} />
        <Button type="submit" disabled={invite.isPending}>
          Make a link
        </Button>
      </form>
    </Sheet>
  )
}

function readInvitation(form: FormData): InvitationInput {
  return { name: readText(form, 'name'), roles: readChoices(form, 'roles', LOCAL_ROLES) }
}
