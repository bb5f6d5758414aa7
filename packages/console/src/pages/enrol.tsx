import { Button, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { EnrolTotp } from '../forms/enrol-totp.tsx'
import { enrol } from '../session/sign-in.ts'
import { Brand } from '../ui/brand.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'

/** Opened by a one-use link whose secret is in the fragment, which browsers send to nobody. */
export function EnrolPage(): React.JSX.Element {
  const [token] = useState(readToken)
  const [label, setLabel] = useState('This device')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<Error>()
  // Out of the address at once, so that neither history nor a screenshot keeps it.
  useEffect(() => window.history.replaceState(window.history.state, '', window.location.pathname), [])

  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    enrol(token, label)
      .then(() => window.location.assign('/console/'), setError)
      .finally(() => setBusy(false))
  }
  return (
    <main className="bw-narrow bw-stack">
      <Brand />
      <Page title="Enrol a passkey" lead="Your device keeps a key that never leaves it. From now on it logs you in.">
        {token === '' ? (
          <div className="bw-banner" role="alert">
            This address is not complete. Open the whole link that you were given; it works once, for 15 minutes.
          </div>
        ) : (
          <>
            <form className="bw-sheet bw-stack" onSubmit={submit}>
              {error && <Problem error={error} />}
              <TextInput
                label="Name of the passkey"
                description="So that you know it in a list: the device, or where you keep it."
                value={label}
                maxLength={64}
                required
                onChange={(event) => setLabel(event.currentTarget.value)}
              />
              <Button type="submit" fullWidth disabled={isBusy}>
                Make a passkey
              </Button>
            </form>
            <EnrolTotp token={token} />
          </>
        )}
      </Page>
    </main>
  )
}

function readToken(): string {
  return window.location.hash.slice(1)
}
