import type { TotpEnrolment, TotpShown } from '@breakwater/contract'
import { call } from '../api/call.ts'
import { rememberPage } from './return-to.ts'
import { createPasskey, signWithPasskey } from './passkey.ts'

/** Logs in with a passkey of a local account. */
export async function signInWithPasskey(): Promise<void> {
  const { options } = await call('startPasskeySignIn', { body: {} })
  const response = await signWithPasskey(options)
  await call('finishPasskeySignIn', { body: { response } })
}

/** Goes to an identity provider; the browser comes back logged in, to the page where it was. */
export async function signInWithProvider(id: string): Promise<void> {
  const { url } = await call('startOidcSignIn', { parameters: { id }, body: {} })
  rememberPage()
  window.location.assign(url)
}

/** Makes the first passkey of a local account, by the secret of its link. */
export async function enrol(token: string, label: string): Promise<void> {
  const { options } = await call('startEnrolment', { body: { token } })
  const response = await createPasskey(options)
  await call('finishEnrolment', { body: { token, label, response } })
}

/** The factors of the lesser kind for a link's account: shown once, and only used by `enrolTotp`. */
export async function startTotp(token: string): Promise<TotpEnrolment> {
  return call('startTotpEnrolment', { body: { token } })
}

export async function enrolTotp(token: string, challenge: string, code: string): Promise<void> {
  await call('finishTotpEnrolment', { body: { token, challenge, code } })
}

export async function signInWithTotp(shown: TotpShown): Promise<void> {
  await call('finishTotpSignIn', { body: shown })
}

export async function stepUpWithTotp(shown: TotpShown): Promise<void> {
  await call('finishTotpStepUp', { body: shown })
}

export async function stepUpWithPasskey(): Promise<void> {
  const { options } = await call('startPasskeyStepUp')
  const response = await signWithPasskey(options)
  await call('finishPasskeyStepUp', { body: { response } })
}

export async function stepUpWithProvider(): Promise<void> {
  const { url } = await call('startOidcStepUp')
  rememberPage()
  window.location.assign(url)
}

/** Adds a passkey to the account that is logged in. */
export async function addPasskey(label: string): Promise<void> {
  const { options } = await call('startPasskey')
  const response = await createPasskey(options)
  await call('addPasskey', { body: { label, response } })
}
