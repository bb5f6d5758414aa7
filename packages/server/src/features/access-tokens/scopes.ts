import { AppError } from '@breakwater/kernel'

/** `cross` covers `cross:TREAT`, never the other way round. */
export function covers(granted: readonly string[], wanted: string): boolean {
  return granted.some((scope) => scope === wanted || (!scope.includes(':') && wanted.startsWith(`${scope}:`)))
}

/** What a token is for: what was asked for, or all that is registered. Throws `auth.scope-refused`. */
export function chooseScopes(registered: readonly string[], asked: string | undefined): readonly string[] {
  const wanted = [...new Set((asked ?? '').split(' ').filter((scope) => scope !== ''))]
  if (wanted.length === 0) return registered
  if (wanted.every((scope) => covers(registered, scope))) return wanted
  throw new AppError('auth.scope-refused', { message: 'a scope is not registered for this service', field: 'scope' })
}
