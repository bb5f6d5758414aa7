import type { ProviderSettings } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { AdapterOptions } from '../../options.ts'
import { createCertificateAssertion, createFileAssertion } from './assertion.ts'
import { createAuthorityGrant } from './authority.ts'
import type { Grant } from './grant.ts'
import { refuse } from './grant.ts'
import { createMetadataGrant } from './metadata.ts'

/** A new one is asked for this long before the old one ends, or at half its life if that is shorter. */
const MARGIN_SECONDS = 300

/**
 * Answers a bearer token of Entra for one scope: asked for once for all who wait, kept until shortly before it ends, and
 * the old one as long as it is good when no new one can be had. Throws `provider.credentials-refused`.
 */
export function createEntraTokens(
  settings: ProviderSettings,
  scope: string,
  options: AdapterOptions,
  elapsedMs = () => performance.now(),
): () => Promise<string> {
  const grant = createGrant(settings, scope, options)
  let known: { readonly token: string; readonly freshUntilMs: number; readonly goodUntilMs: number } | undefined
  let asking: Promise<string> | undefined

  async function ask(): Promise<string> {
    const askedMs = elapsedMs()
    try {
      const { token, lifetimeSeconds } = await grant()
      const marginSeconds = Math.min(MARGIN_SECONDS, lifetimeSeconds / 2)
      const goodUntilMs = askedMs + lifetimeSeconds * 1_000
      known = { token, goodUntilMs, freshUntilMs: goodUntilMs - marginSeconds * 1_000 }
      return token
    } catch (thrown) {
      if (known && elapsedMs() < known.goodUntilMs) return known.token
      throw thrown instanceof AppError ? thrown : refuse('no token could be had of Entra', thrown)
    } finally {
      asking = undefined
    }
  }

  return async () => {
    if (known && elapsedMs() < known.freshUntilMs) return known.token
    asking ??= ask()
    return asking
  }
}

function createGrant(settings: ProviderSettings, scope: string, options: AdapterOptions): Grant {
  switch (settings.credential) {
    case 'managed-identity':
      return createMetadataGrant(settings.clientId, scope, options)
    case 'workload-identity':
      return createAuthorityGrant(settings, scope, createFileAssertion(settings, options), options)
    case 'client-certificate':
      return createAuthorityGrant(settings, scope, createCertificateAssertion(settings, options), options)
    case undefined:
      throw refuse('the provider names no credential')
  }
}
