import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { openGazetteer } from '@breakwater/deid'
import { describe, expect, test } from 'vitest'
import { createFeaturiser } from '../features/featurise.ts'
import { chooseDoubtful, markOrdinary } from './triage.ts'

const gazetteer = openGazetteer(readFileSync(createRequire(import.meta.url).resolve('@breakwater/deid/gazetteer.bin')))
const featurise = createFeaturiser(gazetteer)

/** The words that the second model would look at, all having this score. */
function doubtful(text: string, score: number): string[] {
  const featurised = featurise(text)
  const { count, start, end } = featurised.words
  const chosen = chooseDoubtful(featurised, new Float32Array(count).fill(score), { low: 0.02, high: 0.98 })
  return Array.from({ length: count }, (_, i) => text.slice(start[i], end[i])).filter((_, i) => chosen[i] === 1)
}

describe('triage', () => {
  test('ordinary words of which the word model is sure are not looked at again', () => {
    expect(doubtful('The patient was seen in the clinic, with 2 days of pain.', 0.001)).toEqual([])
  })

  test('an unsure score is looked at, whatever the word', () => {
    expect(doubtful('was seen', 0.5)).toEqual(['was', 'seen'])
  })

  test('capitals that no list calls ordinary and long numbers are looked at, however sure nothing is there', () => {
    expect(doubtful('seen by Qbrzwick and KVOTHAR, number 48213, twice 12', 0.001)).toEqual([
      'Qbrzwick',
      'KVOTHAR',
      '48213',
    ])
  })

  test('what is certainly an identifier is not looked at again', () => {
    expect(doubtful('Qbrzwick 48213', 0.995)).toEqual([])
  })
})

describe('ordinary words', () => {
  /** The words of a text that need a surer model. */
  function ordinary(text: string): string[] {
    const featurised = featurise(text)
    const { count, start, end } = featurised.words
    const marked = markOrdinary(featurised)
    return Array.from({ length: count }, (_, i) => text.slice(start[i], end[i])).filter((_, i) => marked[i] === 1)
  }

  test('are those in lower case among capitals, and those that no list has as a name', () => {
    expect(ordinary('may see Maria Lopez, Neurology: the pain')).toEqual(['may', 'see', 'Neurology', 'the', 'pain'])
  })

  test('where nobody typed capitals, no word is ordinary for its small letters', () => {
    expect(ordinary('seen with may today for the pain')).toEqual([])
  })
})
