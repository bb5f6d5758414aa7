import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Planner } from '../detection/planner.ts'
import { EVERY_CLASS, sampleEngine, sampleKeyring } from '../test-parts.ts'
import { createTokenMaker } from '../tokens/scope.ts'
import { createTokenMap } from '../tokens/token-map.ts'
import type { TokenMap } from '../tokens/token-map.ts'
import { createAnswerGuard } from './channels.ts'
import type { AnswerGuard } from './channels.ts'
import { createRemovalFinder } from './remover.ts'
import { createRestoreTable } from './restorer.ts'
import { createTally } from './step.ts'

const scope = { tenant: 'acme', principal: 'app', conversation: 'c1', patient: undefined, opening: '' }
const map: TokenMap = createTokenMap(createTokenMaker(sampleKeyring, scope))
const token = map.tokenOf('NAME', 'Mara')
const date = map.tokenOf('DATE', '03/14/1961')
const [head, tail] = [token.slice(0, 9), token.slice(9)]
const [word, symbols] = [token.slice(0, 4), token.slice(4)]
const find = createRemovalFinder(sampleEngine, { isOwn: (text) => map.isOwn(text), wasSent: () => false })

function createGuard(restorable: ReadonlySet<string> = EVERY_CLASS): AnswerGuard {
  return createAnswerGuard(find, createRestoreTable(map, restorable), createTally())
}

async function guard(text: string, pieces: readonly string[] = [text]): Promise<string> {
  const channel = createGuard().createChannel('text')
  let out = ''
  for (const piece of pieces) out += await channel.push(piece)
  return out + (await channel.end())
}

const PHONE = { class: 'PHONE', role: 'patient', score: 1, sources: ['sample'], operator: 'token' } as const

const FORMS: readonly (readonly [string, string, string])[] = [
  ['in lower case', token.toLowerCase(), 'Mara'],
  ['in bold', `**${token}**`, '**Mara**'],
  ['in back-ticks', `\`${token}\``, '`Mara`'],
  ['in the genitive', `${token}'s and ${token}’s`, "Mara's and Mara’s"],
  ['with a line wrapped inside', `${head}\n${tail}`, 'Mara'],
  ['with a quoted line wrapped inside', `${head}\r\n> ${tail}`, 'Mara'],
  ['with a zero-width space inside', `${head}\u200b${tail}`, 'Mara'],
  ['with a soft hyphen inside', `${head}\u00ad${tail}`, 'Mara'],
  ['with an entity of no width inside', `${head}&#8203;${tail} ${head}&shy;${tail}`, 'Mara Mara'],
  ['with letters as entities', `&#${token.charCodeAt(0)};${token.slice(1)}`, 'Mara'],
  ['with an underscore behind its word', `${word}_${symbols}`, 'Mara'],
  ['with an escaped underscore behind its word', `${word}\\_${symbols}`, 'Mara'],
  ['with a hyphen that does not break behind its word', `${word}\u2011${symbols}`, 'Mara'],
]

describe('a token comes back', () => {
  test.for(FORMS)('%s (GW-08)', async ([, form, expected]) => {
    const text = `See ${form} now.`
    expect(await guard(text)).toBe(`See ${expected} now.`)
    for (let at = 1; at < text.length; at++) {
      expect(await guard(text, [text.slice(0, at), text.slice(at)])).toBe(`See ${expected} now.`)
    }
  })

  test('in every form, wherever an answer is cut', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...FORMS.map(([, form]) => form),
        date,
        `${date.slice(0, 8)}\n`,
        '&',
        '&#',
        'NAME ',
        '\n',
        'Date ',
      ),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    )
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(600), { maxLength: 20 }), async (answer, cuts) => {
        const places = [0, ...cuts.map((cut) => cut % (answer.length + 1)).sort((a, b) => a - b), answer.length]
        const pieces = places.slice(1).map((place, index) => answer.slice(places[index], place))
        expect(await guard(answer, pieces)).toBe(await guard(answer))
      }),
      { numRuns: 400 },
    )
  })
})

describe('a mangled token', () => {
  const last = token.at(-1) ?? ''
  const other = last === 'B' ? 'C' : 'B'
  test.for([
    ['cut short', token.slice(0, -1), { mangled: 1, unknown: 0 }],
    ['with a vowel', `${head}A${tail.slice(1)}`, { mangled: 1, unknown: 0 }],
    ['with another symbol', token.slice(0, -1) + other, { mangled: 0, unknown: 1 }],
    ['invented', `NAME${'7B'.repeat(6)}`, { mangled: 0, unknown: 1 }],
  ] as const)('%s is never restored and is counted (GW-08)', async ([, form, counts]) => {
    const answerGuard = createGuard()
    const channel = answerGuard.createChannel('text')
    expect((await channel.push(`See ${form}, then go.`)) + (await channel.end())).toBe(`See ${form}, then go.`)
    expect(answerGuard.tally).toMatchObject({ ...counts, restored: new Map() })
  })
})

test('twelve digits behind a word of a token are a number, and removed', async () => {
  const numbers: Planner = {
    plan: (texts) =>
      texts.map((text) =>
        Array.from(text.matchAll(/\d{12}/g), ({ index, 0: { length } }) => ({
          ...PHONE,
          start: index,
          end: index + length,
        })),
      ),
  }
  const guarded = createAnswerGuard(createRemovalFinder(numbers), createRestoreTable(map, EVERY_CLASS), createTally())
  expect(await guarded.guardWhole('PHONE212555014200 or PHONE 212555014200')).toBe('PHONE[PHONE] or PHONE [PHONE]')
})

test('what a caller may not have put back is counted by class, not taken for a stranger', async () => {
  const answerGuard = createGuard(new Set(['DATE']))
  expect(await answerGuard.guardWhole(`${token}, ${date}`)).toBe(`${token}, 03/14/1961`)
  expect(answerGuard.tally).toMatchObject({
    restored: new Map([['date', 1]]),
    withheld: new Map([['name', 1]]),
    unknown: 0,
  })
})
