import { AppError } from '@breakwater/kernel'
import { findSecretFile, readSecretText } from '../../platform/secrets/secret-file.ts'
import { isFields } from '../chat/json.ts'
import type { AwsCredentials } from './sign.ts'

/** A file is read again after this time, so that a new key is taken up without a restart. */
const MAX_AGE_MS = 5_000

/**
 * The access key in a file of the secrets folder: `{"accessKeyId", "secretAccessKey", "sessionToken"?}`. Throws
 * `provider.credentials-refused`.
 */
export function createKeyFileCredentials(secretsDir: string | undefined, name: string): () => Promise<AwsCredentials> {
  const path = findSecretFile(secretsDir, name, refusal)
  let known: { readonly keys: Promise<AwsCredentials>; readonly readMs: number } | undefined
  return async () => {
    if (!known || performance.now() - known.readMs > MAX_AGE_MS) {
      const fresh = { keys: readKeys(path), readMs: performance.now() }
      known = fresh
      fresh.keys.catch(() => {
        if (known === fresh) known = undefined
      })
    }
    return known.keys
  }
}

/**
 * The role of the workload: web identity, container, instance, shared files, in AWS's own order, renewed before it ends.
 * Only access keys come out of it, so a bearer key in the environment changes nothing. Throws
 * `provider.credentials-refused`.
 */
export function createRoleCredentials(): () => Promise<AwsCredentials> {
  let load: Promise<() => Promise<AwsCredentials>> | undefined
  return async () => {
    // Only who uses a role pays for loading this.
    load ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) => defaultProvider())
    try {
      return await (await load)()
    } catch (cause) {
      throw refusal('the workload has no role at AWS', cause)
    }
  }
}

async function readKeys(path: string): Promise<AwsCredentials> {
  const fields = parse(await readSecretText(path, refusal))
  const { accessKeyId, secretAccessKey, sessionToken } = isFields(fields) ? fields : {}
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    throw refusal('the key file does not hold an access key')
  }
  return { accessKeyId, secretAccessKey, ...(typeof sessionToken === 'string' && { sessionToken }) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Without its cause, which quotes the file.
    return undefined
  }
}

function refusal(message: string, cause?: unknown): AppError {
  return new AppError('provider.credentials-refused', { message, cause })
}
