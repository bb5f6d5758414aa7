import { describe, expect, test } from 'vitest'
import type { TaggedSpan } from '@breakwater/deid'
import { splitWords } from '../features/words.ts'
import { NAME_ROLES, TAG_GROUPS, TAGS } from '../tags.ts'
import { decode, readScores } from './decode.ts'

const THRESHOLDS = {
  strong: TAG_GROUPS.map(() => 0.5),
  ordinary: TAG_GROUPS.map(() => 0.95),
  weak: TAG_GROUPS.map(() => 0.2),
}

/** Decodes a text whose words have these tags with these probabilities; the rest is O. */
function decodeText(text: string, tags: Readonly<Record<number, readonly [string, number]>>): readonly TaggedSpan[] {
  const words = splitWords(text)
  const scores = {
    tags: new Float32Array(words.count * TAGS.length),
    roles: new Float32Array(words.count * NAME_ROLES.length).fill(0.25),
  }
  for (let i = 0; i < words.count; i++) {
    const [tag, probability] = tags[i] ?? ['O', 0]
    scores.tags[i * TAGS.length] = 1 - probability
    scores.tags[i * TAGS.length + TAGS.indexOf(tag)] = tag === 'O' ? 1 : probability
    scores.roles[i * NAME_ROLES.length + 1] = 0.9
  }
  return decode(words, readScores(scores, words.count), scores, THRESHOLDS)
}

function surfaces(text: string, tags: Readonly<Record<number, readonly [string, number]>>): string[] {
  return decodeText(text, tags).map(({ start, end, class: phiClass, isWeak }) =>
    [phiClass, text.slice(start, end), ...(isWeak ? ['weak'] : [])].join(' '),
  )
}

describe('decoding', () => {
  test('a threshold on one minus the probability of nothing, not the likeliest tag', () => {
    const text = 'saw Ana'
    const words = splitWords(text)
    const tags = new Float32Array(words.count * TAGS.length)
    // Nothing is the likeliest single tag, yet three tags of identifiers together outweigh it.
    tags.set([1], 0)
    tags[TAGS.length] = 0.4
    for (const tag of ['B-NAME', 'I-NAME', 'B-CITY']) tags[TAGS.length + TAGS.indexOf(tag)] = 0.2
    const scores = { tags, roles: new Float32Array(words.count * NAME_ROLES.length) }
    const [span] = decode(words, readScores(scores, 2), scores, THRESHOLDS)
    expect(span).toMatchObject({ start: 4, end: 7, class: 'NAME' })
    expect(span?.score).toBeCloseTo(0.6)
  })

  test('an I without a B begins a span, and a span grows over weaker neighbours of its group', () => {
    expect(
      surfaces('by Ana Maria Silva today', { 1: ['I-NAME', 0.9], 2: ['I-NAME', 0.3], 3: ['I-NAME', 0.3] }),
    ).toEqual(['NAME Ana Maria Silva'])
  })

  test('a B after white space begins another span, inside a word it does not', () => {
    expect(surfaces('Ana Bea', { 0: ['B-NAME', 0.9], 1: ['B-NAME', 0.9] })).toEqual(['NAME Ana', 'NAME Bea'])
    expect(surfaces('AB12', { 0: ['B-MRN', 0.9], 1: ['B-MRN', 0.9] })).toEqual(['MRN AB12'])
  })

  test('a mark close between two words of a group is theirs; marks at the ends are not', () => {
    expect(
      surfaces('(03/12/61).', {
        0: ['B-DATE', 0.9],
        1: ['B-DATE', 0.9],
        3: ['I-DATE', 0.9],
        5: ['I-DATE', 0.9],
        6: ['I-DATE', 0.9],
      }),
    ).toEqual(['DATE 03/12/61'])
    expect(surfaces('a , b', { 1: ['B-NAME', 0.9] })).toEqual([])
  })

  test('an article before a name of a place is not part of it', () => {
    expect(
      surfaces('at the Lakeside Clinic', { 1: ['B-FACILITY', 0.9], 2: ['I-FACILITY', 0.9], 3: ['I-FACILITY', 0.9] }),
    ).toEqual(['FACILITY Lakeside Clinic'])
  })

  test('what stays below the threshold is told as weak', () => {
    expect(surfaces('Ana Bea', { 0: ['B-NAME', 0.3], 1: ['B-NAME', 0.01] })).toEqual(['NAME Ana weak'])
  })

  test('a name far below it is told as faint, by itself, and nothing grows over it', () => {
    const faint = decodeText('Ana Bea', { 0: ['B-NAME', 0.9], 1: ['I-NAME', 0.1] })
    expect(faint).toMatchObject([
      { start: 0, end: 3 },
      { start: 4, end: 7, isWeak: true, isFaint: true },
    ])
    expect(faint[0]?.isFaint).toBeUndefined()
    expect(decodeText('Ohio', { 0: ['B-CITY', 0.1] })).toEqual([])
  })

  test('an ordinary word begins no span unless the model is surer of it, but belongs to one', () => {
    const words = splitWords('Ana may')
    const tags = new Float32Array(words.count * TAGS.length)
    for (const [i, ana] of [0.9, 0.9].entries()) {
      tags[i * TAGS.length] = 1 - ana
      tags[i * TAGS.length + TAGS.indexOf('I-NAME')] = ana
    }
    const scores = { tags, roles: new Float32Array(words.count * NAME_ROLES.length) }
    const reading = readScores(scores, words.count)
    const decodeWith = (...ordinary: number[]) => decode(words, reading, scores, THRESHOLDS, Uint8Array.from(ordinary))
    expect(decodeWith(0, 1)).toMatchObject([{ start: 0, end: 7 }])
    expect(decodeWith(0, 1)[0]?.isWeak).toBeUndefined()
    expect(decodeWith(1, 1)).toMatchObject([{ start: 0, end: 7, isWeak: true }])
  })

  test('what the law keeps is no evidence, and the role is that of names only', () => {
    expect(surfaces('in Ohio 2019', { 1: ['B-REGION', 0.99], 2: ['B-YEAR', 0.99] })).toEqual([])
    expect(decodeText('Ana 123', { 0: ['B-NAME', 0.9], 1: ['B-MRN', 0.9] }).map(({ role }) => role)).toEqual([
      'relative',
      'unknown',
    ])
  })

  test('what is no probability is refused', () => {
    const words = splitWords('Ana')
    const scores = { tags: new Float32Array(TAGS.length).fill(Number.NaN), roles: new Float32Array(4) }
    expect(() => decode(words, readScores(scores, 1), scores, THRESHOLDS)).toThrow(
      expect.objectContaining({ code: 'detector.unavailable' }),
    )
  })
})
