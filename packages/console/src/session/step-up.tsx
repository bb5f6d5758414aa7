import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { createContext, use, useEffect, useMemo, useRef, useState } from 'react'
import { ApiError } from '../api/api-error.ts'
import { useRead } from '../api/use-read.ts'
import { Problem } from '../ui/problem.tsx'
import { TotpForm } from '../forms/totp.tsx'
import { stepUpWithPasskey, stepUpWithProvider, stepUpWithTotp } from './sign-in.ts'

type Ask = () => Promise<void>

const StepUpContext = createContext<Ask | undefined>(undefined)

/** Asks the person to show a factor again; rejects with `auth.step-up-required` when it is not done. */
export function useStepUp(): Ask {
  const ask = use(StepUpContext)
  if (!ask) throw new Error('no StepUpProvider above')
  return ask
}

/** Holds the question, so that any act on a page may need it. */
export function StepUpProvider({ children }: { readonly children: ReactNode }): React.JSX.Element {
  const [asked, setAsked] = useState<PromiseWithResolvers<void>>()
  const ask = useMemo(
    () => async () => {
      const answer = Promise.withResolvers<void>()
      setAsked(answer)
      return answer.promise.finally(() => setAsked(undefined))
    },
    [],
  )
  return (
    <StepUpContext value={ask}>
      {children}
      {asked && <StepUpDialog onDone={asked.resolve} onCancel={() => asked.reject(cancelled())} />}
    </StepUpContext>
  )
}

interface StepUpDialogProps {
  readonly onDone: () => void
  readonly onCancel: () => void
}

function StepUpDialog({ onDone, onCancel }: StepUpDialogProps): React.JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const session = useRead('readSession')
  const [error, setError] = useState<Error>()
  useEffect(() => dialog.current?.showModal(), [])
  const show = (factor: Ask, onShown: () => void): void => {
    factor().then(onShown, setError)
  }
  const methods = session.data?.stepUpMethods ?? []
  return (
    <dialog ref={dialog} className="bw-dialog bw-stack" aria-labelledby="step-up" onCancel={onCancel}>
      <h2 id="step-up">Confirm that it is you</h2>
      <p>
        This changes who may do what, so it asks for your passkey or second factor again. It holds for five minutes.
      </p>
      {error && <Problem error={error} />}
      {methods.includes('totp') && (
        <TotpForm label="Confirm" onShow={(shown) => show(async () => stepUpWithTotp(shown), onDone)} />
      )}
      <div className="bw-actions">
        {methods.includes('passkey') && <Button onClick={() => show(stepUpWithPasskey, onDone)}>Use my passkey</Button>}
        {methods.includes('oidc') && (
          // The browser leaves and comes back: what was asked for is sent again by hand.
          <Button variant="default" onClick={() => show(stepUpWithProvider, () => undefined)}>
            Log in again
          </Button>
        )}
        <Button variant="subtle" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </dialog>
  )
}

function cancelled(): ApiError {
  return new ApiError({ code: 'auth.step-up-required', title: 'It was not confirmed that it is you.', status: 401 })
}
