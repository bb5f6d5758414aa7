import type { TotpEnrolment } from '@breakwater/contract'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { enrolTotp, startTotp } from '../session/sign-in.ts'
import { Facts } from '../ui/facts.tsx'
import { Problem } from '../ui/problem.tsx'
import { CodeInput } from './totp.tsx'

/** A password and an app, for who has no device that keeps a passkey. */
export function EnrolTotp({ token }: { readonly token: string }): React.JSX.Element {
  const [made, setMade] = useState<TotpEnrolment>()
  const [code, setCode] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<Error>()
  const run = <Result,>(work: Promise<Result>, onDone: (result: Result) => void): void => {
    setBusy(true)
    setError(undefined)
    work.then(onDone, setError).finally(() => setBusy(false))
  }
  const submit = (event: React.SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault()
    if (made) run(enrolTotp(token, made.challenge, code), () => window.location.assign('/console/'))
  }
  return (
    <details className="bw-sheet">
      <summary>I have no device for a passkey</summary>
      <div className="bw-stack">
        {error && <Problem error={error} />}
        {made ? (
          <form className="bw-stack" onSubmit={submit}>
            <p>Both are shown once. Keep the password in a password manager and the secret in an authenticator app.</p>
            <Facts
              of={{
                Password: <span className="bw-code">{made.password}</span>,
                Secret: <span className="bw-code">{made.secret}</span>,
                'On this device': <a href={made.uri}>Open the app</a>,
              }}
            />
            <CodeInput value={code} onChange={setCode} />
            <Button type="submit" disabled={isBusy}>
              Enrol
            </Button>
          </form>
        ) : (
          <>
            <p>
              A password and the codes of an app also log you in. A false page can ask for them, so they do not break
              the glass and destroy no keys; a passkey cannot be given away like that.
            </p>
            <Button variant="default" disabled={isBusy} onClick={() => run(startTotp(token), setMade)}>
              Use a password and an app
            </Button>
          </>
        )}
      </div>
    </details>
  )
}
