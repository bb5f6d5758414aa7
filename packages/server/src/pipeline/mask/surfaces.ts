import type { TextRange } from '../tokens/shape.ts'

const WORD = /[\p{L}\p{N}]+/gu
const WORD_CHARACTER = /[\p{L}\p{N}]/u
/** Shorter ones are initials and ages: they would be found everywhere. */
const MIN_SURFACE_LENGTH = 4

/** Up to here it is quicker to look for each word than to read all words of a text. */
const MAX_LOOKED_FOR = 64

interface Candidate {
  readonly surface: string
  /** Where the surface's first word stands in it. */
  readonly offset: number
}

/** Finds given values in texts, whole words only, in one pass whatever their number. */
export interface SurfaceFinder {
  find(text: string): (TextRange & { readonly surface: string })[]
}

export function createSurfaceFinder(surfaces: Iterable<string>): SurfaceFinder {
  const byWord = new Map<string, Candidate[]>()
  for (const surface of surfaces) {
    if (surface.length < MIN_SURFACE_LENGTH) continue
    const first = surface.match(/[\p{L}\p{N}]+/u)
    if (first?.index === undefined) continue
    const list = byWord.get(first[0])
    if (list) list.push({ surface, offset: first.index })
    else byWord.set(first[0], [{ surface, offset: first.index }])
  }
  for (const list of byWord.values()) list.sort((a, b) => b.surface.length - a.surface.length)
  const words = [...byWord.keys()]
  const holdsNone = (text: string): boolean =>
    words.length <= MAX_LOOKED_FOR && !words.some((word) => text.includes(word))
  return { find: (text) => (holdsNone(text) ? [] : findAll(text, byWord)) }
}

function findAll(text: string, byWord: ReadonlyMap<string, readonly Candidate[]>): ReturnType<SurfaceFinder['find']> {
  const found: ReturnType<SurfaceFinder['find']> = []
  let free = 0
  for (const { 0: word, index } of text.matchAll(WORD)) {
    for (const { surface, offset } of byWord.get(word) ?? []) {
      const start = index - offset
      if (start < free || !text.startsWith(surface, start) || !endsAWord(text, start + surface.length)) continue
      free = start + surface.length
      found.push({ start, end: free, surface })
      break
    }
  }
  return found
}

function endsAWord(text: string, end: number): boolean {
  const next = text.codePointAt(end)
  const last = text.charAt(end - 1)
  if (next === undefined || !WORD_CHARACTER.test(last)) return true
  return !WORD_CHARACTER.test(String.fromCodePoint(next))
}
