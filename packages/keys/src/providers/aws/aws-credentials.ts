import { readSecretFile } from '../../secret-file.ts'
import { kekError } from '../../kek-provider.ts'
import { toFields } from '../shared/answer.ts'

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration: Date
}

/**
 * Reads a file in the shape that AWS's `credential_process` prints (Version 1), e.g. one that a rotation tool writes.
 * Throws `keys.denied` when it is absent or of another shape, `keys.unavailable` when other accounts may open it.
 */
export async function readAwsCredentials(path: string): Promise<AwsCredentials> {
  const fields = toFields(parse(await readSecretFile(path)))
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = fields
  if (Version !== 1 || typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string') {
    throw kekError('keys.denied')
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(typeof SessionToken === 'string' && { sessionToken: SessionToken }),
    expiration: readExpiration(Expiration),
  }
}

/** The SDK reads the file again when this has passed: at each call where the file names no end, so that a new one counts. */
function readExpiration(value: unknown): Date {
  const date = new Date(typeof value === 'string' ? value : 0)
  if (Number.isNaN(date.getTime())) throw kekError('keys.denied')
  return date
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    // Without its cause, which quotes the file.
    throw kekError('keys.denied')
  }
}
