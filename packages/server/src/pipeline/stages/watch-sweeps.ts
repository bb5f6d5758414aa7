import type { Stage } from '../chain.ts'
import type { Masked } from '../context.ts'

/** Members that hold what is asked, by dialect; of a list of messages the last one is new. */
const ASKED = ['messages', 'input', 'prompt'] as const

/** Counts what is asked, by keyed fingerprints of the masked text: who asks nearly the same a hundred times is known by it. */
export const watchSweeps: Stage<Masked, Masked> = (context, { sweeps }) => {
  const { principal, maskedBody } = context
  const body = JSON.parse(maskedBody) as Readonly<Record<string, unknown>>
  const asked = ASKED.map((name) => body[name]).find((value) => value !== undefined && value !== null)
  const last: unknown = Array.isArray(asked) ? asked.at(-1) : asked
  const choices = typeof body['n'] === 'number' ? body['n'] : 1
  sweeps.observe({ tenant: principal.tenant, principal: principal.id, text: JSON.stringify(last) ?? '', choices })
  return context
}
