import type { LineBatchInput, LineBatchRecord, LineFileRecord } from '@breakwater/contract'
import type { Caller } from '../../platform/http/env.ts'
import type { PartEvent } from '../../platform/http/multipart.ts'

/** What is done with a line: what every other request of its endpoint goes through. */
export interface LinePipeline {
  /** Paths that lines may be for. */
  readonly urls: readonly string[]
  readonly maxBodyBytes: number
  /** Throws `body.*` for a body that its endpoint would not take or that asks for a stream, and for headers that say nothing. */
  check(line: Pick<LineRun, 'url' | 'body' | 'headers'>): void
  /** One crossing. Gives the answer as its sender gets it; throws whatever refused it, which the ledger tells by then. */
  cross(line: LineRun): Promise<string>
}

export interface LineRun {
  readonly tenant: string
  /** Whose line it is, for the ledger when it can no longer be told by who it is. */
  readonly principal: string
  readonly batch: string
  /** Names the crossing. */
  readonly crossing: string
  readonly url: string
  readonly body: string
  /** Headers of ours that came with the batch and in the line, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The caller as of now. Throws `auth.invalid`. */
  readonly authenticate: () => Promise<Caller>
  /** Ends it when the program ends. */
  readonly signal: AbortSignal
}

/** What is told of a batch to whoever runs it, and sealed until then. */
export interface BatchContext {
  readonly headers: Readonly<Record<string, string>>
  readonly scopes?: readonly string[]
  readonly actor?: NonNullable<Caller['actor']>
  readonly metadata?: Readonly<Record<string, string>>
}

/** Who left the batch, as far as it is written down. */
interface BatchOwner extends Pick<BatchContext, 'actor' | 'scopes'> {
  readonly tenant: string
  readonly owner: string
  readonly credential: NonNullable<Caller['credential']>
}

/** The caller of a batch with the rights of this second. Throws `auth.invalid` when its credential is gone. */
export type ReadOwner = (owner: BatchOwner) => Promise<Caller>

export interface LineBatchService {
  /** Takes a file when every line of it is good. Throws `body.*` with the line's number and a rule, never a value. */
  putFile(caller: Caller, parts: AsyncIterable<PartEvent>): Promise<LineFileRecord>
  /** Throws `resource.unknown`, as everything does that names somebody else's. */
  getFile(caller: Caller, id: string): Promise<LineFileRecord>
  /** Its lines with their ends. What was read is in the ledger before the first of them. */
  readFile(caller: Caller, id: string): Promise<AsyncGenerator<string, void, undefined>>
  /** Throws `resource.conflict` while a batch still reads it. */
  deleteFile(caller: Caller, id: string): Promise<void>
  create(caller: Caller, input: LineBatchInput, headers: BatchContext['headers']): Promise<LineBatchRecord>
  get(caller: Caller, id: string): Promise<LineBatchRecord>
  list(
    caller: Caller,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<{ readonly batches: readonly LineBatchRecord[]; readonly hasMore: boolean }>
  /** What runs goes on to its end, nothing else begins. Throws `resource.conflict` once it has ended. */
  cancel(caller: Caller, id: string): Promise<LineBatchRecord>
}

export interface LineRunner {
  /** Runs what is due for these tenants, some lines at a time. One call at a time does so. */
  run(tenants: readonly string[]): Promise<void>
  /** Ends what a crash left open, and deletes what is past its time. `loneAfterSeconds`: longer than any line can take. */
  sweep(tenant: string, loneAfterSeconds: number): Promise<void>
  /** Begins no more; ends what still runs after so long. */
  stop(limitMs: number): Promise<void>
}
