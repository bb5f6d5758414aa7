import { hashText } from './random.ts'

export type Split = 'train' | 'calibrate' | 'test'

export const SPLITS: readonly Split[] = ['train', 'calibrate', 'test']

/** The letters and digits of a surface without marks and case: "O'Neill" and "ONEILL" are the same surface. */
export function normaliseSurface(surface: string): string {
  return surface
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase()
}

/** Where a name, city, facility or street belongs, whatever it is used for: one in five is held out for the test. */
export function splitOfSurface(surface: string): Split {
  const place = hashText(`surface:${normaliseSurface(surface)}`) % 100
  return place < 20 ? 'test' : place < 30 ? 'calibrate' : 'train'
}

/**
 * Deals the ids of one pool into the splits: a quarter for the test, a seventh to calibrate, at least one each where
 * there are three or more. The order is that of a hash, so it tells nothing about what the items are.
 */
export function dealSplits(ids: readonly string[]): Map<string, Split> {
  const order = ids.toSorted((a, b) => hashText(`deal:${a}`) - hashText(`deal:${b}`) || (a < b ? -1 : 1))
  const test = order.length < 3 ? 0 : Math.max(1, Math.round(order.length * 0.25))
  const calibrate = order.length < 3 ? 0 : Math.max(1, Math.round(order.length * 0.15))
  return new Map(order.map((id, at) => [id, at < test ? 'test' : at < test + calibrate ? 'calibrate' : 'train']))
}

/** The part of a list of words that a split may use where held-out words matter little: the test meets old and new. */
export function wordsOf(words: readonly string[], split: Split): readonly string[] {
  if (split === 'test') return words
  const own = words.filter((word) => splitOfSurface(word) !== 'test')
  return own.length > 0 ? own : words
}
