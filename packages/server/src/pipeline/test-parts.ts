import type { PhiClass, PlannedSpan, TextEngine } from '@breakwater/deid'
import type { Keyring } from '@breakwater/kernel'
import { createHmac } from 'node:crypto'
import type { AnswerDialect, AnswerHead } from './answer/dialect.ts'
import { createDocumentGuard } from './answer/document-guard.ts'
import type { DocumentGuard } from './answer/document-guard.ts'
import { createAnswerGuard } from './guard/channels.ts'
import { createRemovalFinder } from './guard/remover.ts'
import { createRestoreTable } from './guard/restorer.ts'
import { createTally } from './guard/step.ts'
import type { GuardTally } from './guard/step.ts'
import { NO_FORMS } from './structured/check.ts'
import { createTokenMaker } from './tokens/scope.ts'
import { TOKEN_WORDS } from './tokens/shape.ts'
import { createTokenMap } from './tokens/token-map.ts'
import type { TokenMap } from './tokens/token-map.ts'

/** What a policy permits that permits to restore everything. */
export const EVERY_CLASS: ReadonlySet<string> = new Set(Object.keys(TOKEN_WORDS))

/** For tests of the pure parts: a keyring of one fixed secret. */
export const sampleKeyring: Keyring = {
  currentVersion: () => 1,
  currentSince: () => new Date(0),
  deriveMac: (label, version, tenant, context) => {
    const key = createHmac('sha256', 'test')
      .update(JSON.stringify([label, version, tenant, context]))
      .digest()
    return (data) => createHmac('sha256', key).update(data).digest()
  },
}

const RULES: readonly (readonly [PhiClass, RegExp])[] = [
  ['NAME', /(?<=(?:Mrs?|Dr)\. )\p{Lu}[\p{L}'’-]*(?: \p{Lu}[\p{L}'’-]*)*|Zelda(?: Quorn)?|Quorn/gu],
  ['SSN', /\d{3}-\d{2}-\d{4}/g],
  ['EMAIL', /[\w.]+@[\w.]+\w/g],
  ['PHONE', /\d{3}-\d{4}/g],
  ['MRN', /(?<=\bmrn\W{0,3})\d{5,}/gi],
]

/** For tests of the pure parts: an engine of five rules, whose answers depend on the text alone. */
export const sampleEngine: Pick<TextEngine, 'plan'> = {
  plan: (texts) =>
    texts.map((text) => {
      const spans: PlannedSpan[] = []
      for (const [phiClass, pattern] of RULES) {
        for (const { index, 0: found } of text.matchAll(pattern)) {
          const [start, end] = [index, index + found.length]
          if (spans.some((span) => span.start < end && span.end > start)) continue
          const operator = phiClass === 'SSN' ? 'remove' : 'token'
          spans.push({ start, end, class: phiClass, role: 'patient', score: 1, sources: ['sample'], operator })
        }
      }
      return spans.sort((a, b) => a.start - b.start)
    }),
}

/** For tests of the pure parts: the tokens of one conversation. */
export function createSampleMap(): TokenMap {
  const scope = { tenant: 'acme', principal: 'app', conversation: 'c', patient: undefined, opening: '' }
  return createTokenMap(createTokenMaker(sampleKeyring, scope))
}

interface SampleDocuments {
  readonly createDialect: (head: AnswerHead) => AnswerDialect
  readonly answerId: string
  readonly isEgress?: (tool: string | undefined) => boolean
  readonly tally?: GuardTally
}

/** For tests of a dialect: the guard of one answer to a caller that may have everything back, with the tool `look_up`. */
export function createSampleDocuments(
  map: TokenMap,
  { createDialect, answerId, isEgress = () => false, tally = createTally() }: SampleDocuments,
): DocumentGuard {
  const [find, table] = [createRemovalFinder(sampleEngine), createRestoreTable(map, EVERY_CLASS)]
  const head = { answerId, model: 'm' }
  return createDocumentGuard({
    ...head,
    dialect: createDialect({ ...head, isJsonContent: false }),
    guard: createAnswerGuard(find, table, tally),
    measure: createAnswerGuard(find, table, createTally()),
    find,
    isEgress,
    forms: NO_FORMS,
    toolNames: new Set(['look_up']),
  })
}
