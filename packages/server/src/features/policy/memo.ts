import type { CedarCall } from './call.ts'
import type { Verdict } from './types.ts'

const MAX_DECISIONS = 2_000
// What callers chose (a model's name) must not decide how much memory is held.
const MAX_KEY_CHARS = 2_000

/**
 * Remembers answers: a verified set decides by the call alone (no clock, no database), so the same call has the same
 * answer for as long as the set is the active one. The key is the whole call. Errors are not remembered.
 */
export function rememberAnswers(ask: (call: CedarCall) => Verdict): (call: CedarCall) => Verdict {
  const known = new Map<string, Verdict>()
  return (call) => {
    const key = JSON.stringify(call)
    const before = known.get(key)
    if (before) return before
    const verdict = ask(call)
    if (known.size >= MAX_DECISIONS) known.clear()
    if (key.length <= MAX_KEY_CHARS) known.set(key, verdict)
    return verdict
  }
}
