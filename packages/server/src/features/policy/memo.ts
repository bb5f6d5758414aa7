import type { Question, Verdict } from './types.ts'

const MAX_DECISIONS = 2_000
// What callers chose (a model's name) must not decide how much memory is held.
const MAX_KEY_CHARS = 4_000

/**
 * Remembers answers: a verified set decides by the question alone (no clock, no database), so the same question has the
 * same answer for as long as the set is the active one. The key is the whole question. Errors are not remembered.
 */
export function rememberAnswers(ask: (question: Question) => Verdict): (question: Question) => Verdict {
  const known = new Map<string, Map<string, Verdict>>()
  let decisions = 0
  // A caller asks several times, and the next request of the same credential brings the same object.
  let callers = new WeakMap<Question['principal'], Map<string, Verdict>>()

  function forget(): void {
    known.clear()
    callers = new WeakMap()
    decisions = 0
  }

  function findOwn(principal: Question['principal']): Map<string, Verdict> {
    const before = callers.get(principal)
    if (before) return before
    const caller = JSON.stringify(principal)
    const own = known.get(caller) ?? new Map<string, Verdict>()
    if (known.size >= MAX_DECISIONS) forget()
    if (caller.length <= MAX_KEY_CHARS) {
      known.set(caller, own)
      callers.set(principal, own)
    }
    return own
  }

  return (question) => {
    const { principal, classes, ...asked } = question
    const own = findOwn(principal)
    const key = JSON.stringify(asked) + spellList(classes)
    const before = own.get(key)
    if (before) return before
    const verdict = ask(question)
    if (decisions >= MAX_DECISIONS) forget()
    else if (key.length <= MAX_KEY_CHARS) {
      own.set(key, verdict)
      decisions++
    }
    return verdict
  }
}

// Nobody can change a frozen list, so it is spelled once.
const spelled = new WeakMap<readonly string[], string>()

function spellList(list: readonly string[] | undefined): string {
  if (list === undefined) return ''
  const before = spelled.get(list)
  if (before !== undefined) return before
  const text = JSON.stringify(list)
  if (Object.isFrozen(list)) spelled.set(list, text)
  return text
}
