import type { Mac } from '@breakwater/kernel'
import { createAnswerGuard } from '../pipeline/guard/channels.ts'
import { createRemovalFinder } from '../pipeline/guard/remover.ts'
import { createRestoreTable } from '../pipeline/guard/restorer.ts'
import { createTally } from '../pipeline/guard/step.ts'
import type { TextStep } from '../pipeline/guard/step.ts'
import { createTokenMaker } from '../pipeline/tokens/scope.ts'
import { createTokenMap } from '../pipeline/tokens/token-map.ts'
import type { TokenClass } from '../pipeline/tokens/shape.ts'
import { loadTextEngine } from '../startup/engine.ts'

/** The guard of an answer as a filter of text in pieces, for judges of streams. */
export interface GuardFilter {
  /** What the guard puts out for each piece, then what it does at the end. */
  readonly guardPieces: (pieces: readonly string[]) => Promise<string[]>
  /** The guard of one text. */
  readonly createChannel: () => TextStep
  readonly tokenOf: (tokenClass: TokenClass, surface: string) => string
}

/** With the real engine, and tokens under `mac`. */
export async function createGuardFilter(mac: Mac): Promise<GuardFilter> {
  const keyring = { currentVersion: () => 1, currentSince: () => new Date(0), deriveMac: () => mac }
  const scope = { tenant: 'judge', principal: 'judge', conversation: 'c', patient: undefined, opening: '' }
  const map = createTokenMap(createTokenMaker(keyring, scope))
  const find = createRemovalFinder(await loadTextEngine())
  const createChannel = (): TextStep => {
    const classes = new Set(Array.from(map.masked(), (value) => value.class))
    return createAnswerGuard(find, createRestoreTable(map, classes), createTally()).createChannel('text')
  }
  return {
    tokenOf: (tokenClass, surface) => map.tokenOf(tokenClass, surface),
    createChannel,
    guardPieces: async (pieces) => {
      const channel = createChannel()
      const out: string[] = []
      for (const piece of pieces) out.push(await channel.push(piece))
      return [...out, await channel.end()]
    },
  }
}
