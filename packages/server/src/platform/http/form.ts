import { AppError } from '@breakwater/kernel'
import { readBytes } from './body.ts'

const MAX_FORM_BYTES = 65_536

/** The parameters of a token request, each at most once (RFC 6749 section 3.2). */
export type Form = ReadonlyMap<string, string>

/** Throws `auth.grant-refused` for another content type or a parameter that comes twice, `body.too-large`. */
export async function readForm(request: Request): Promise<Form> {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw refuse('send application/x-www-form-urlencoded')
  }
  const text = new TextDecoder().decode(await readBytes(request, MAX_FORM_BYTES))
  const form = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(text)) {
    if (form.has(name)) throw refuse('a parameter comes twice')
    // Empty is the same as left out.
    if (value !== '') form.set(name, value)
  }
  return form
}

function refuse(message: string): AppError {
  return new AppError('auth.grant-refused', { message })
}
