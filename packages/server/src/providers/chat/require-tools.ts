import { malformed } from './refusals.ts'
import type { ChatRequest } from './request.ts'

/** Calls in the conversation need their tools declared, where the vendor says so. Throws `body.invalid`. */
export function requireTools({ turns, tools }: Pick<ChatRequest, 'turns' | 'tools'>): void {
  const hasCalls = turns.some(({ pieces }) => pieces.some(({ kind }) => kind === 'call'))
  if (hasCalls && tools.length === 0) throw malformed('/tools', 'declared, because the conversation holds calls')
}
