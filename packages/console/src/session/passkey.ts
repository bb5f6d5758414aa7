import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'
import { startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser'
import { ApiError } from '../api/api-error.ts'

type Json = Record<string, unknown>

/** Makes a passkey on this device. Throws `ApiError` with a `passkey.*` code. */
export async function createPasskey(options: Json): Promise<Json> {
  return ask(async () =>
    startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON }),
  )
}

/** Has a passkey sign the challenge. Throws `ApiError` with a `passkey.*` code. */
export async function signWithPasskey(options: Json): Promise<Json> {
  return ask(async () =>
    startAuthentication({ optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON }),
  )
}

async function ask(run: () => Promise<object>): Promise<Json> {
  try {
    return { ...(await run()) }
  } catch (error) {
    throw toApiError(error)
  }
}

function toApiError(error: unknown): ApiError {
  if (error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED') {
    return new ApiError({ code: 'passkey.exists', title: 'This device has a passkey already.', status: 0 })
  }
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'AbortError') {
    return new ApiError({ code: 'passkey.cancelled', title: 'The passkey was not used.', status: 0 })
  }
  return new ApiError({ code: 'passkey.failed', title: 'The passkey could not be used.', status: 0 })
}
