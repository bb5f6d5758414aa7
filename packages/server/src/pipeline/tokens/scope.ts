import { createHash } from 'node:crypto'
import type { Keyring, Mac } from '@breakwater/kernel'
import { TOKEN_ALPHABET, TOKEN_SYMBOLS, TOKEN_WORDS } from './shape.ts'
import type { TokenClass } from './shape.ts'

/** What tokens are equal within, and differ between. */
export interface TokenScope {
  readonly tenant: string
  readonly principal: string
  /** Declared by the caller, or `undefined`. */
  readonly conversation: string | undefined
  /** Declared by the caller, or `undefined`. */
  readonly patient: string | undefined
  /** The first message that is not the system's, as sent: stands for the conversation when none is declared. */
  readonly opening: string
}

const PREVIOUS_KEY_MS = 24 * 3_600_000

export interface TokenMaker {
  readonly keyVersion: number
  /** Class word and 12 symbols: HMAC-SHA-256 under the scope's key of class and exact surface. */
  make(tokenClass: TokenClass, surface: string): string
  /** The same under the key before this one, while tokens of it may still be on their way. */
  readonly makePrevious?: (tokenClass: TokenClass, surface: string) => string
}

/**
 * Tokens of one scope. Nothing is stored: a client re-sends its history, so the same values get the same tokens in each
 * turn and on each replica. For a day after the key was rotated, a conversation that goes on may hold tokens of the one before.
 * Throws `keys.unavailable`.
 */
export function createTokenMaker(keyring: Keyring, scope: TokenScope, now?: Date): TokenMaker {
  const keyVersion = keyring.currentVersion('tokens')
  const isRotated =
    now !== undefined && keyVersion > 1 && now.getTime() - keyring.currentSince('tokens').getTime() < PREVIOUS_KEY_MS

  function deriveScopeMac(version: number): Mac {
    const conversation =
      scope.conversation === undefined
        ? `opening:${createHash('sha256').update(scope.opening).digest('hex')}`
        : `declared:${scope.conversation}`
    const patient = scope.patient === undefined ? 'none' : `declared:${scope.patient}`
    return keyring.deriveMac('tokens', version, scope.tenant, [scope.principal, conversation, patient])
  }

  function makeUnder(version: number): TokenMaker['make'] {
    let mac: Mac | undefined
    return (tokenClass, surface) => {
      // Most requests mask nothing and need no key.
      mac ??= deriveScopeMac(version)
      return TOKEN_WORDS[tokenClass] + symbolsOf(mac, tokenClass, surface)
    }
  }

  return { keyVersion, make: makeUnder(keyVersion), ...(isRotated && { makePrevious: makeUnder(keyVersion - 1) }) }
}

function symbolsOf(mac: Mac, tokenClass: TokenClass, surface: string): string {
  const digest = mac(`${tokenClass}\u0000${surface}`)
  let symbols = ''
  for (let i = 0; i < TOKEN_SYMBOLS; i++) {
    // Two bytes a symbol: 65,536 mod 30 leaves a bias below 0.05 %.
    const pair = (digest[2 * i] ?? 0) * 256 + (digest[2 * i + 1] ?? 0)
    symbols += TOKEN_ALPHABET[pair % TOKEN_ALPHABET.length]
  }
  return symbols
}
