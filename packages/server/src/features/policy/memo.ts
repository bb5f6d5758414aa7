import type { Engine } from './engine.ts'

const MAX_DECISIONS = 2_000
// What callers chose (a model's name) must not decide how much memory is held.
const MAX_KEY_CHARS = 1_000

/**
 * Remembers decisions: a verified set decides by the request alone (no clock, no database), so the same request has the
 * same answer for as long as the set is the active one. Errors are not remembered.
 */
export function rememberDecisions(engine: Engine): Engine {
  const known = new Map<string, ReturnType<Engine>>()
  return (request) => {
    const { principal, action, purpose, endpoint, provider, model, classes } = request
    const { tenant, id, kind, roles, purposes, mayRestore } = principal
    const key = JSON.stringify([
      [tenant, id, kind, roles, purposes, mayRestore],
      [action, purpose, endpoint, provider, model, classes],
    ])
    const before = known.get(key)
    if (before) return before
    const decision = engine(request)
    if (known.size >= MAX_DECISIONS) known.clear()
    if (key.length <= MAX_KEY_CHARS) known.set(key, decision)
    return decision
  }
}
