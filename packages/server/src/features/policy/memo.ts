import type { Question, Verdict } from './types.ts'

const MAX_DECISIONS = 2_000
// What callers chose (a model's name) must not decide how much memory is held.
const MAX_KEY_CHARS = 4_000

/**
 * Remembers answers: a verified set decides by the question alone (no clock, no database), so the same question has the
 * same answer for as long as the set is the active one. The key is the whole question. Errors are not remembered.
 */
export function rememberAnswers(ask: (question: Question) => Verdict): (question: Question) => Verdict {
  const known = new Map<string, Verdict>()
  // A caller asks several times, and the next request of the same credential brings the same object.
  const callers = new WeakMap<Question['principal'], string>()

  function describeCaller(principal: Question['principal']): string {
    const before = callers.get(principal)
    if (before !== undefined) return before
    const text = JSON.stringify(principal)
    callers.set(principal, text)
    return text
  }

  return (question) => {
    const { principal, ...asked } = question
    const key = describeCaller(principal) + JSON.stringify(asked)
    const before = known.get(key)
    if (before) return before
    const verdict = ask(question)
    if (known.size >= MAX_DECISIONS) known.clear()
    if (key.length <= MAX_KEY_CHARS) known.set(key, verdict)
    return verdict
  }
}
