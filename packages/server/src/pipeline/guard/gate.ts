import { AppError } from '@breakwater/kernel'
import { createRemover } from './remover.ts'
import type { FindRemovals } from './remover.ts'
import { createTally } from './step.ts'
import type { TextStep } from './step.ts'

/**
 * The guard of a text whose sender signed it, so that not a byte of it may change: it passes as it is, tokens included,
 * or throws `guard.output-blocked` where anything would have to be removed.
 */
export function createGate(find: FindRemovals): TextStep {
  const tally = createTally()
  const remover = createRemover(find, tally)
  const pass = (settled: string): string => {
    if (tally.removed.size === 0) return settled
    throw new AppError('guard.output-blocked', { message: 'a signed part of the answer identifies' })
  }
  return { push: async (text) => pass(await remover.push(text)), end: async () => pass(await remover.end()) }
}
