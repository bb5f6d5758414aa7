import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAct } from '../api/use-act.ts'
import { Facts } from '../ui/facts.tsx'
import { Due } from '../ui/moment.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Sheet } from '../ui/sheet.tsx'

/** A program without a browser waits under a code; the person says whose it is (RFC 8628 section 3.3). */
export function DevicePage(): React.JSX.Element {
  const [userCode, setUserCode] = useState(readCode)
  const look = useAct('readDevice')
  const approve = useAct('approveDevice')
  const deny = useAct('denyDevice')
  const isBusy = look.isPending || approve.isPending || deny.isPending
  const error = approve.error ?? deny.error ?? look.error

  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    look.mutate({ body: { userCode } })
  }
  if (approve.isSuccess || deny.isSuccess) {
    return (
      <Page title="Log a program in">
        <p className="bw-banner" role="status">
          {approve.isSuccess
            ? 'The program is logged in as you. Go back to it; this page can be closed.'
            : 'The program was turned away.'}
        </p>
      </Page>
    )
  }
  return (
    <Page
      title="Log a program in"
      lead="Type the code that your own terminal shows. Nobody else has a reason to send you one."
    >
      {error && <Problem error={error} />}
      {look.data === undefined ? (
        <form className="bw-sheet bw-stack" onSubmit={submit}>
          <TextInput
            label="Code"
            placeholder="XXXX-XXXX"
            value={userCode}
            maxLength={32}
            autoComplete="off"
            spellCheck={false}
            required
            onChange={(event) => setUserCode(event.currentTarget.value)}
          />
          <Button type="submit" disabled={isBusy}>
            Look it up
          </Button>
        </form>
      ) : (
        <Sheet title="It would act as you">
          <Facts
            of={{
              Program: look.data.client,
              'Calls itself': look.data.userAgent,
              'Asks from': look.data.address,
              'Asks for': look.data.scopes?.join(', ') ?? 'all that you may',
              'Code good until': <Due at={look.data.expiresAt} />,
            }}
          />
          <p>Approve only what you have started yourself a moment ago, at an address that you know.</p>
          <p>
            The program gets a session of yours, with the same limits; it stands under Sessions, where you can end it.
          </p>
          <div className="bw-actions">
            <Button disabled={isBusy} onClick={() => approve.mutate({ body: { userCode } })}>
              Approve
            </Button>
            <Button variant="default" disabled={isBusy} onClick={() => deny.mutate({ body: { userCode } })}>
              Deny
            </Button>
          </div>
        </Sheet>
      )}
    </Page>
  )
}

/** From the fragment of the address that the program shows; still to be looked up and compared. */
function readCode(): string {
  return decodeURIComponent(window.location.hash.slice(1)).slice(0, 32)
}
