import type { Feature } from '@breakwater/contract'
import type { JsonLeaf } from './walk/scan-json.ts'

/** The parts of the body that later stages act on; the text stays the master. */
export interface ParsedBody {
  readonly text: string
  readonly leaves: readonly JsonLeaf[]
  readonly model: string
  readonly isStream: boolean
  readonly isJsonContent: boolean
  readonly toolNames: ReadonlySet<string>
  /** What the body makes use of at the provider's: agreements must cover it, and the ledger names it. */
  readonly features: readonly Feature[]
  /** The first message that is not the system's, as JSON. */
  readonly opening: string
}
