import type { Context } from 'hono'
import { readBytes } from './body.ts'
import { readCredentials } from './credentials.ts'
import type { Credentials } from './credentials.ts'
import type { ServerEnv } from './env.ts'

/** A request and the end of its caller's connection, by whichever door it came. */
export interface Exchange {
  readonly credentials: Credentials
  /** The body, read no further than the limit. Throws `body.too-large`, `request.aborted`. */
  readBytes(maxBytes: number): Promise<Uint8Array>
  /** Whether the caller closed the connection before it had its answer. */
  hasLeft(): boolean
  /** Told once, when that happens. */
  onLeave(listener: () => void): void
}

/** What is sent back, in either door's words. */
export interface WireAnswer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | ReadableStream<Uint8Array<ArrayBuffer>>
}

/** The exchange of a request that the router brought. */
export function readExchange(c: Context<ServerEnv>): Exchange {
  const { raw } = c.req
  return {
    credentials: readCredentials(c),
    readBytes: async (maxBytes) => readBytes(raw, maxBytes),
    hasLeft: () => raw.signal.aborted,
    onLeave: (listener) => raw.signal.addEventListener('abort', listener, { once: true }),
  }
}
