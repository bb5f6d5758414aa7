import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EVERY_CLASS, sampleEngine, sampleKeyring } from '../test-parts.ts'
import { createTokenMaker } from '../tokens/scope.ts'
import { createTokenMap } from '../tokens/token-map.ts'
import type { TokenMap } from '../tokens/token-map.ts'
import { createAnswerGuard } from './channels.ts'
import type { AnswerGuard } from './channels.ts'
import { createRemovalFinder } from './remover.ts'
import { createRestoreTable, createRestorer } from './restorer.ts'
import { createTally } from './step.ts'
import type { TextStep } from './step.ts'

const scope = { tenant: 'acme', principal: 'app', conversation: 'c1', patient: undefined, opening: '' }
const find = createRemovalFinder(sampleEngine)
const PROSE = { isProse: true, isWithheld: false }

function createMap(tenant = 'acme', principal = 'app'): TokenMap {
  return createTokenMap(createTokenMaker(sampleKeyring, { ...scope, tenant, principal }))
}

function createGuard(map: TokenMap, mayRestore = true): AnswerGuard {
  return createAnswerGuard(find, createRestoreTable(map, mayRestore ? EVERY_CLASS : new Set()), createTally())
}

async function run(step: TextStep, pieces: readonly string[]): Promise<string> {
  let out = ''
  for (const piece of pieces) out += await step.push(piece)
  return out + (await step.end())
}

/** Cut at given places, by UTF-16 units: also through surrogate pairs. */
function cutAt(text: string, places: readonly number[]): string[] {
  const cuts = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length]
  return cuts.slice(1).map((cut, index) => text.slice(cuts[index], cut))
}

const map = createMap()
const NAMES = ['Mara', "O'Brien", 'say "hi"', 'back\\slash', 'two\nlines', '😀 Ünal', '永田'].map((surface) =>
  map.tokenOf('NAME', surface),
)
const foreign = createMap('globex').tokenOf('NAME', 'Mara')
const pieceOfText = fc.oneof(
  fc.constantFrom(...NAMES, foreign, ...NAMES.map((token) => token.toLowerCase())),
  fc.constantFrom(
    'Dr. Zelda Quorn',
    'Mr. Vance',
    '078-05-1120',
    '555-0142',
    'zelda%40example.org',
    'the plan is ',
    ' ',
  ),
  fc.constantFrom('. ', '\n', '\n\n', 'stable today, ', 'NAME', 'NAME7', '😀', '"', '\\', '{', '12.5 mg '),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
)
const text = fc.array(pieceOfText, { maxLength: 60 }).map((pieces) => pieces.join(''))
const places = fc.array(fc.nat({ max: 4000 }), { maxLength: 40 })

describe('an answer in pieces', () => {
  test('comes out as the whole does, wherever it was cut, with the same counts', async () => {
    await fc.assert(
      fc.asyncProperty(text, places, fc.boolean(), async (answer, cuts, mayRestore) => {
        const [whole, pieces] = [createGuard(map, mayRestore), createGuard(map, mayRestore)]
        expect(await run(pieces.createChannel('text'), cutAt(answer, cuts))).toBe(
          await run(whole.createChannel('text'), [answer]),
        )
        expect(pieces.tally).toEqual(whole.tally)
      }),
      { numRuns: 500 },
    )
  })

  test('comes out as the whole does, cut at every single place', async () => {
    const answer = `Seen by Dr. Zelda Quorn, 555-0142. ${NAMES.join(' and ')} is stable today and goes home soon.\n${foreign}`
    const whole = await run(createGuard(map).createChannel('text'), [answer])
    for (let at = 0; at <= answer.length; at++) {
      expect(await run(createGuard(map).createChannel('text'), [answer.slice(0, at), answer.slice(at)])).toBe(whole)
    }
    expect(await run(createGuard(map).createChannel('text'), answer.split(''))).toBe(whole)
  })

  test('comes out as the whole does in a JSON channel, and stays JSON', async () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 3 }, text, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('record')),
      list: fc.array(tie('any'), { maxLength: 3 }),
      record: fc.dictionary(fc.constantFrom('name', 'mrn', 'note', 'é"'), tie('any'), { noNullPrototype: true }),
    }))
    await fc.assert(
      fc.asyncProperty(value['record'] ?? fc.constant({}), places, fc.nat(2), async (record, cuts, indent) => {
        const sent = JSON.stringify(record, undefined, indent)
        const whole = await run(createGuard(map).createChannel('json'), [sent])
        expect(await run(createGuard(map).createChannel('json'), cutAt(sent, cuts))).toBe(whole)
        expect(() => JSON.parse(whole) as unknown).not.toThrow()
      }),
      { numRuns: 300 },
    )
  })

  test('that calls itself JSON and is none comes out as the whole does', async () => {
    await fc.assert(
      fc.asyncProperty(text, places, async (answer, cuts) => {
        const whole = await run(createGuard(map).createChannel('json'), [answer])
        expect(await run(createGuard(map).createChannel('json'), cutAt(answer, cuts))).toBe(whole)
      }),
      { numRuns: 300 },
    )
  })

  test('lets no first half of a removed value leave before the second half is known (LS-02)', async () => {
    const answer = 'The clerk wrote down 078-05-1120 for Mr. Vance Ollerton, who left again on the very same day.'
    const channel = createGuard(map).createChannel('text')
    let out = ''
    for (const character of answer) {
      out += await channel.push(character)
      expect(out).not.toMatch(/07|Van/)
    }
    expect(out + (await channel.end())).toBe(
      'The clerk wrote down [SSN] for Mr. [NAME], who left again on the very same day.',
    )
  })
})

describe('restoring', () => {
  test('puts a value with quotes, backslashes and newlines into JSON without breaking it', async () => {
    const values = ['say "hi"', 'back\\slash', 'two\nlines', '😀 Ünal']
    for (const value of values) {
      const sent = JSON.stringify({ q: `for ${map.tokenOf('NAME', value)}` })
      const got = await run(createGuard(map).createChannel('json'), sent.split(''))
      expect(JSON.parse(got)).toEqual({ q: `for ${value}` })
    }
  })

  test("leaves another tenant's and another caller's token alone, and counts it", async () => {
    for (const other of [foreign, createMap('acme', 'other').tokenOf('NAME', 'Mara')]) {
      const guard = createGuard(map)
      expect(await guard.guardWhole(`It is ${other}.`)).toBe(`It is ${other}.`)
      expect(guard.tally).toMatchObject({ restored: new Map(), unknown: 1 })
    }
  })

  test('accepts the forms models give a token: case, bold, code, genitive', async () => {
    const token = map.tokenOf('NAME', 'Mara')
    const form = `**${token}**, \`${token.toLowerCase()}\`, ${token}'s, ${token[0]}${token.slice(1).toLowerCase()}`
    expect(await createGuard(map).guardWhole(form)).toBe("**Mara**, `Mara`, Mara's, Mara")
  })

  test('gives a caller that may not restore its own literals and nothing else', async () => {
    const own = createMap()
    const [name, literal] = [own.tokenOf('NAME', 'Mara'), own.tokenOf('LITERAL', foreign)]
    expect(await createGuard(own, false).guardWhole(`${name} ${literal}`)).toBe(`${name} ${foreign}`)
  })

  test('never puts an account number back', async () => {
    const token = map.tokenOf('ACCOUNT', '40012345')
    expect(await createGuard(map).guardWhole(`paid from ${token}`)).toBe(`paid from ${token}`)
  })

  test('does not look at what it put back: a value that looks like an identifier passes once', async () => {
    const own = createMap()
    const token = own.tokenOf('PHONE', '555-0142')
    const nested = own.tokenOf('LITERAL', token)
    expect(await createGuard(own).guardWhole(`call ${token}, then ${nested}`)).toBe(`call 555-0142, then ${token}`)
  })

  test('finds every token, whatever letter it ends in and whatever words begin with that letter', async () => {
    const own = createMap()
    own.tokenOf('LITERAL', 'x')
    const values = Array.from({ length: 200 }, (_, at) => `Name${at}`)
    const tokens = values.map((value) => own.tokenOf('NAME', value))
    for (const pieces of [[tokens.join(' ')], tokens.map((token) => `${token} `), tokens.join(' ').split('')]) {
      const step = createRestorer(createRestoreTable(own, EVERY_CLASS), createTally(), PROSE)
      expect((await run(step, pieces)).trimEnd()).toBe(values.join(' '))
    }
  })

  test('holds back only what can still become a token of this request', async () => {
    const token = map.tokenOf('NAME', 'Mara')
    const step = createRestorer(createRestoreTable(map, EVERY_CLASS), createTally(), PROSE)
    expect(await step.push(`so ${token.slice(0, 10)}`)).toBe('so ')
    expect(await step.push('y ')).toBe(`${token.slice(0, 10)}y `)
    expect(await step.push('NOTHING')).toBe('NOTHING')
    expect(await step.push(`${token} x`)).toBe('Mara x')
  })
})

describe('removing', () => {
  test('finds a value wherever it lies across units and windows, in text and in JSON (LS-02)', async () => {
    const filler = fc.oneof(
      fc.integer({ min: 1, max: 900 }).map((length) => 'words go on '.repeat(80).slice(0, length)),
      fc.integer({ min: 1, max: 900 }).map((length) => 'Line.\n'.repeat(160).slice(0, length)),
      fc.integer({ min: 1, max: 1200 }).map((length) => '/'.repeat(length)),
      fc.integer({ min: 1, max: 900 }).map((length) => 'Dr. X. '.repeat(140).slice(0, length)),
    )
    const planted = fc.constantFrom('078-05-1120', 'Dr. Zelda Quorn', 'zelda@example.org', '555-0142')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(filler, planted), { minLength: 1, maxLength: 4 }),
        filler,
        fc.boolean(),
        async (parts, last, isJson) => {
          const answer = parts.map(([text, value]) => `${text} ${value} `).join('') + last
          const sent = isJson ? JSON.stringify({ a: answer }) : answer
          const out = await run(createGuard(map).createChannel(isJson ? 'json' : 'text'), [sent])
          expect(out).not.toMatch(/078|Zelda|Quorn|zelda|0142/)
          expect(out.match(/\[(?:SSN|NAME|EMAIL|PHONE)\]/g)?.length).toBeGreaterThanOrEqual(parts.length)
        },
      ),
      { numRuns: 400 },
    )
  })

  test('finds what the model hides in percent, base64, entities and JSON escapes (LS-02)', async () => {
    const hidden = [
      'zelda%40example.org',
      Buffer.from('zelda@example.org').toString('base64'),
      '&#90;elda',
      '\\u005aelda',
    ]
    for (const form of hidden) {
      const guard = createGuard(map)
      expect(await guard.guardWhole(`ask ${form} now`)).toMatch(/^ask \[(?:EMAIL|NAME)\] now$/)
    }
  })

  test('finds it in a long encoded run, wherever windows cut that, and one encoding in another (LS-02)', async () => {
    const filler = fc.integer({ min: 0, max: 500 }).map((length) => 'words go on '.repeat(50).slice(0, length))
    const forms = fc.constantFrom(
      (text: string) => Buffer.from(text).toString('base64'),
      (text: string) => Buffer.from(Buffer.from(text).toString('base64')).toString('base64'),
      (text: string) => Buffer.from(text).toString('hex'),
    )
    const decode = (text: string): string =>
      text
        .split(/[^A-Za-z0-9+/]/)
        .flatMap((run) => [0, 1, 2, 3].map((shift) => run.slice(shift)))
        .flatMap((run) => [Buffer.from(run, 'base64'), Buffer.from(run, 'hex')])
        .map((bytes) => bytes.toString('latin1'))
        .join()
    await fc.assert(
      fc.asyncProperty(filler, filler, forms, fc.nat(5), async (before, after, encode, lead) => {
        const encoded = encode(`${before} zelda@example.org ${after}`)
        const out = await createGuard(map).guardWhole(`${'x'.repeat(lead)}: ${encoded}`)
        const left = decode(out)
        expect([left, decode(left)].join()).not.toContain('zelda@example.org')
      }),
      { numRuns: 60 },
    )
  })

  test('replaces a long number in JSON by null and keeps laboratory values', async () => {
    const guard = createGuard(map)
    expect(await run(guard.createChannel('json'), ['{"a":780511', '20,"b":13.5,"c":250000}'])).toBe(
      '{"a":null,"b":13.5,"c":250000}',
    )
    expect(guard.tally.removed.get('other_id')).toBe(1)
  })

  test('a whole text in which nothing was found is not read again; one that held something is, each time', async () => {
    const clear = new Set<string>()
    const read: string[] = []
    const remembering = createRemovalFinder({
      plan: (texts, profile) => {
        read.push(...texts)
        return sampleEngine.plan(texts, profile)
      },
      clear: { has: (whole) => clear.has(whole), add: (whole) => clear.add(whole) },
    })
    const pass = async (whole: string): Promise<string> =>
      createAnswerGuard(remembering, createRestoreTable(map, EVERY_CLASS), createTally()).guardWhole(whole)
    const [plain, named] = ['rest, fluids and a scan in a week', 'ask Dr. Zelda Quorn about the scan in a week']
    expect([await pass(plain), await pass(named)]).toEqual([plain, 'ask Dr. [NAME] about the scan in a week'])
    read.length = 0
    expect(await pass(plain)).toBe(plain)
    expect(read).toEqual([])
    expect(await pass(named)).not.toContain('Zelda')
    expect(read).not.toEqual([])
    expect([...clear]).toEqual([plain])
  })

  test('fails when the engine does', async () => {
    const broken = createRemovalFinder({
      plan: () => {
        throw new Error('broken')
      },
    })
    const guard = createAnswerGuard(broken, createRestoreTable(map, EVERY_CLASS), createTally())
    await expect(guard.guardWhole('anything')).rejects.toMatchObject({ code: 'detector.unavailable' })
  })
})
