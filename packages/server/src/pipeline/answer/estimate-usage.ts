import type { Usage } from '../../features/budgets/index.ts'
import type { ParsedBody } from '../parsed-body.ts'

/** What a token is taken to be until somebody has counted. Engines of today make fewer of English text. */
export const BYTES_PER_TOKEN = 4
/** An answer to a request that states no limit of its own. */
const ASSUMED_OUTPUT_TOKENS = 1_024

const OUTPUT_LIMITS: ReadonlySet<string | number> = new Set([
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
])

/** How many tokens a request could use: its bytes, and the longest answer it asks for, as often as it asks. */
export function estimateUsage({ text, leaves }: Pick<ParsedBody, 'text' | 'leaves'>): Usage {
  let outputTokens: number | undefined
  let choices = 1
  for (const { kind, value, path } of leaves) {
    if (kind !== 'number' || path.parent?.parent !== undefined || !path.parent) continue
    // Below nought it says that there is none.
    if (OUTPUT_LIMITS.has(path.key) && Number(value) >= 0)
      outputTokens = Math.max(outputTokens ?? 0, Math.ceil(Number(value)))
    if (path.key === 'n' || path.key === 'best_of') choices = Math.max(choices, Math.ceil(Number(value)))
  }
  return {
    inputTokens: Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN),
    outputTokens: (outputTokens ?? ASSUMED_OUTPUT_TOKENS) * choices,
  }
}
