import { Button } from '@mantine/core'
import { useState } from 'react'
import { ApiError } from '../api/api-error.ts'
import { useRead } from '../api/use-read.ts'
import type { SessionEnd } from '../app/session-end.ts'
import { TotpForm } from '../forms/totp.tsx'
import { signInWithPasskey, signInWithProvider, signInWithTotp } from '../session/sign-in.ts'
import { Loaded } from '../ui/loaded.tsx'
import { Brand } from '../ui/brand.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'

const REASONS: Readonly<Record<SessionEnd, string>> = {
  idle: 'You were logged out because nothing was done here for a while.',
  expired: 'Your session has ended: its time was over, or somebody revoked it.',
  'logged-out': 'You are logged out.',
}

interface LogInPageProps {
  readonly end?: SessionEnd
  readonly onDone: () => void
}

export function LogInPage({ end, onDone }: LogInPageProps): React.JSX.Element {
  const options = useRead('readSignInOptions')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<Error | undefined>(readReturnedError)
  const run = (signIn: () => Promise<void>, onSignedIn: () => void): void => {
    setBusy(true)
    setError(undefined)
    signIn()
      .then(onSignedIn, setError)
      .finally(() => setBusy(false))
  }
  return (
    <main className="bw-narrow bw-stack">
      <Brand />
      <Page title="Log in">
        {end !== undefined && (
          <div className="bw-banner" role="status">
            {REASONS[end]}
          </div>
        )}
        {error && <Problem error={error} />}
        <Loaded of={options}>
          {({ providers, hasPasskeys, hasTotp, needsBootstrap }) => (
            <div className="bw-sheet bw-stack">
              {providers.map(({ id, label }) => (
                <Button
                  key={id}
                  fullWidth
                  disabled={isBusy}
                  onClick={() =>
                    run(
                      async () => signInWithProvider(id),
                      () => undefined,
                    )
                  }
                >
                  Log in with {label}
                </Button>
              ))}
              {hasPasskeys && (
                <Button
                  fullWidth
                  disabled={isBusy}
                  variant={providers.length > 0 ? 'default' : 'filled'}
                  onClick={() => run(signInWithPasskey, onDone)}
                >
                  Log in with a passkey
                </Button>
              )}
              {hasTotp && (
                <details>
                  <summary>Log in with a password and a code</summary>
                  <TotpForm
                    label="Log in"
                    isBusy={isBusy}
                    onShow={(shown) => run(async () => signInWithTotp(shown), onDone)}
                  />
                </details>
              )}
              {needsBootstrap && <Bootstrap />}
              {providers.length === 0 && !hasPasskeys && !hasTotp && !needsBootstrap && (
                <p>Nobody can log in yet: no identity provider is set up and no passkey enrolled.</p>
              )}
            </div>
          )}
        </Loaded>
      </Page>
    </main>
  )
}

function Bootstrap(): React.JSX.Element {
  return (
    <p>
      Nobody administers this server yet. On the machine where it runs, type{' '}
      <span className="bw-code">npx breakwater admin bootstrap</span> and open the link it prints, within 15 minutes.
    </p>
  )
}

/** The code that a failed return from an identity provider left in the fragment. */
function readReturnedError(): ApiError | undefined {
  const code = window.location.hash.slice(1)
  if (!/^[a-z]+[.][a-z-]{1,64}$/.test(code)) return undefined
  return new ApiError({ code, title: 'The log-in did not work', status: 401 })
}
