import type { EndpointId, ProviderKind, ProviderSettings } from '@breakwater/contract'

/** Where a request goes: the part of a provider's row that an adapter needs. */
export interface ProviderTarget {
  readonly tenant: string
  readonly id: string
  readonly version: number
  readonly kind: ProviderKind
  readonly baseUrl?: string
  readonly isInternal: boolean
  /** IP addresses or CIDR blocks. */
  readonly allowedAddresses: readonly string[]
  readonly apiKeyFile?: string
  /** SHA-256 of the public keys that it may show, in base64 (RFC 7469). */
  readonly pins?: readonly string[]
  readonly allowsTls12?: boolean
  /** How it calls a model, where that is not how callers do. */
  readonly upstreamModels?: Readonly<Record<string, string>>
  readonly settings?: ProviderSettings
}

export interface SendOptions {
  readonly isStream: boolean
  /** The caller left, or egress was frozen: then the reason is that refusal. */
  readonly signal: AbortSignal
  /** From the call to the last byte. */
  readonly deadlineMs: number
  /** Told of each attempt, and of each that was kept back because the provider fails. */
  readonly onAttempt?: (attempt: 'sent' | 'kept-back') => void
  /** Asked when it is to be sent again, after a wait: what it throws is the answer, and nothing more is sent. */
  readonly beforeRetry?: () => unknown
}

export type UpstreamAnswer =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly chunks: AsyncIterable<Uint8Array> }

/** What is sent: a masked body in the endpoint's own dialect. */
export interface UpstreamCall {
  readonly endpoint: EndpointId
  readonly model: string
  readonly body: string
}

/**
 * Sends one masked body, and answers in the dialect of the endpoint, whatever the upstream speaks. Throws `provider.*`
 * codes that hold none of the upstream's text, and `request.aborted`; the chunks of a stream throw the same.
 */
export interface ProviderAdapter {
  /** Whether it can be asked this at all; `send` throws `provider.rejected` otherwise. */
  serves(endpoint: EndpointId): boolean
  send(call: UpstreamCall, options: SendOptions): Promise<UpstreamAnswer>
  close(): Promise<void>
}
