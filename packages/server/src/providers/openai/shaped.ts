import { AppError } from '@breakwater/kernel'
import type { ProviderAdapter } from '../adapter.ts'
import { editMembers } from '../chat/edit-members.ts'
import type { Transport, UpstreamRequest, WireDialect } from '../transport/index.ts'
import { readOpenAiFailure } from './read-failure.ts'

/** Behind the base URL, by endpoint. */
export const OPENAI_PATHS: ReadonlyMap<string, string> = new Map([
  ['chat.completions', '/chat/completions'],
  ['responses', '/responses'],
  ['completions', '/completions'],
  ['embeddings', '/embeddings'],
  ['moderations', '/moderations'],
])

export interface ShapedOptions {
  /** The path of an endpoint, from the root of the origin; undefined where it is not served. */
  readonly pathOf: (endpoint: string, model: string) => string | undefined
  readonly headers?: NonNullable<UpstreamRequest['headers']>
  readonly dialect?: WireDialect
  /** The vendor has a place to keep chats in, so each says that it is not to be used: no setting of an account decides. */
  readonly hasStore?: boolean
}

const DIALECT: WireDialect = { readFailure: readOpenAiFailure }

/** What all that speak OpenAI's protocol have in common: bodies and answers pass as they are. */
export function createShaped(
  transport: Transport,
  { pathOf, headers, dialect, hasStore = false }: ShapedOptions,
): ProviderAdapter {
  const wire = { ...DIALECT, ...dialect }
  return {
    serves: (endpoint) => pathOf(endpoint, '') !== undefined,
    send({ endpoint, model, body }, options) {
      const path = pathOf(endpoint, model)
      if (path === undefined) {
        const message = 'this provider does not serve the endpoint'
        return Promise.reject(new AppError('provider.rejected', { message }))
      }
      const told = hasStore && endpoint === 'chat.completions' ? forbidStoring(body) : body
      return transport.send({ path, body: told, ...(headers && { headers }), dialect: wire }, options)
    },
    close: async () => transport.close(),
  }
}

const NOT_STORED = { without: new Set<string>(), with: { store: false } }

/** Of a request to store nothing is left here: it was refused before. */
function forbidStoring(body: string): string {
  // Looked for member by member only where the word stands at all.
  if (body.includes('"store"')) return editMembers(body, NOT_STORED)
  const end = body.lastIndexOf('}')
  return `${body.slice(0, end)},"store":false${body.slice(end)}`
}
