import type { AppError } from '@breakwater/kernel'
import type { SendOptions, UpstreamAnswer } from '../adapter.ts'

/** Where a provider is and how far its end of the connection is trusted: what a transport needs of a row. */
export interface TransportTarget {
  readonly tenant: string
  readonly id: string
  readonly baseUrl: string
  readonly isInternal: boolean
  readonly allowedAddresses: readonly string[]
  readonly pins?: readonly string[]
  readonly allowsTls12?: boolean
}

type UpstreamHeaders = Readonly<Record<string, string>>

/** An answer that is none, as it came. Whatever is read out of it, only codes leave: its text is the provider's. */
export interface UpstreamFailure {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** At most 16 KB of it, as bytes that nobody has checked. */
  readonly body: Uint8Array
}

/** How an upstream's answers differ from JSON and server-sent events of OpenAI's shape. */
export interface WireDialect {
  /** What a stream's `accept` and `content-type` are; `text/event-stream` when left out. */
  readonly streamType?: string
  /** Makes the endpoint's dialect of a whole answer's bytes. What it throws is `provider.invalid-answer`, or its own code. */
  readonly readWhole?: (bytes: Uint8Array) => Uint8Array
  /** Makes the endpoint's dialect of a stream's bytes. It ends, and lets go, when its reader does. Throws the same. */
  readonly readStream?: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>
  /** A closer word on an answer that is an error; undefined leaves it to the status. */
  /** Of a whole answer: sees its status and headers, and says whether it is one; without it, only 200 is. */
  readonly isAnswer?: (head: Pick<UpstreamFailure, 'status' | 'headers'>) => boolean
  readonly readFailure?: (failure: UpstreamFailure) => AppError | undefined
}

/** One request as it goes out. */
export interface UpstreamRequest {
  /** Encoded, from the root of the origin. */
  readonly path: string
  /** POST, where nothing is said. */
  readonly method?: 'POST' | 'DELETE'
  readonly body: string | Uint8Array
  /**
   * Made anew for each attempt, over the bytes that are sent: a key, a token, a signature. `host` is as it will be sent.
   * `content-type` is JSON unless it is said here.
   */
  readonly headers?: (sent: {
    readonly host: string
    readonly path: string
    readonly body: string | Uint8Array
    readonly accept: string
  }) => Promise<UpstreamHeaders> | UpstreamHeaders
  readonly dialect?: WireDialect
}

/** Carries requests to one provider: one pool, kept alive, to checked addresses. */
export interface Transport {
  /** E.g. `https://models.example.org`. */
  readonly origin: string
  /** The base URL's path without a slash at its end. */
  readonly basePath: string
  /**
   * Throws `provider.*` codes that hold none of the upstream's text, `request.aborted` or the signal's own reason; the
   * chunks of a stream throw the same.
   */
  send(request: UpstreamRequest, options: SendOptions): Promise<UpstreamAnswer>
  close(): Promise<void>
}
