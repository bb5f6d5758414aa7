import type { TextRange } from '../tokens/shape.ts'

const WORD_CHARACTER = /[\p{L}\p{N}]/u
/** Shorter ones are initials and ages: they would be found everywhere. */
const MIN_SURFACE_LENGTH = 4

/** By code of an ASCII character: whether words hold it. */
const IS_OF_WORD = Uint8Array.from({ length: 128 }, (_, code) => Number(/[A-Za-z0-9]/.test(String.fromCharCode(code))))

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
  if (byWord.size === 0) return { find: () => [] }
  const lengths = new Int32Array(128)
  for (const word of byWord.keys()) {
    const first = word.charCodeAt(0)
    if (first < 128) lengths[first] = (lengths[first] ?? 0) | lengthBit(word.length)
  }
  return { find: (text) => findAll(text, byWord, lengths) }
}

function lengthBit(length: number): number {
  return 1 << Math.min(length, 31)
}

/** `lengths`: by the ASCII character with which words begin that are looked for, their lengths as bits. */
function findAll(
  text: string,
  byWord: ReadonlyMap<string, readonly Candidate[]>,
  lengths: Int32Array,
): ReturnType<SurfaceFinder['find']> {
  const found: ReturnType<SurfaceFinder['find']> = []
  let free = 0
  for (let at = 0; at < text.length; ) {
    const end = endOfWord(text, at)
    if (end === at) {
      at += text.charCodeAt(at) < 128 ? 1 : lengthAt(text, at)
      continue
    }
    const code = text.charCodeAt(at)
    const mayBe = code >= 128 || ((lengths[code] ?? 0) & lengthBit(end - at)) !== 0
    const candidates = mayBe ? byWord.get(text.slice(at, end)) : undefined
    for (const { surface, offset } of candidates ?? []) {
      const start = at - offset
      if (start < free || !text.startsWith(surface, start) || !endsAWord(text, start + surface.length)) continue
      free = start + surface.length
      found.push({ start, end: free, surface })
      break
    }
    at = end
  }
  return found
}

/** The end of the letters and digits from a place on; the place itself where none stands. */
function endOfWord(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code < 128) {
      if (IS_OF_WORD[code] !== 1) break
      at++
    } else {
      if (!WORD_CHARACTER.test(String.fromCodePoint(text.codePointAt(at) ?? 0))) break
      at += lengthAt(text, at)
    }
  }
  return at
}

/** Of the character at a place, in UTF-16 units. */
function lengthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}

function endsAWord(text: string, end: number): boolean {
  const next = text.codePointAt(end)
  const last = text.charAt(end - 1)
  if (next === undefined || !WORD_CHARACTER.test(last)) return true
  return !WORD_CHARACTER.test(String.fromCodePoint(next))
}
