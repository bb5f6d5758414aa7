import type { PhiClass, Role } from '../types.ts'
import { LEXICON } from '../detect/lexicon/lexicon.ts'
import { type Gazetteer, LISTED } from '../gazetteer/gazetteer.ts'
import { createView } from '../detect/view.ts'
import { tokenise } from '../detect/tokens.ts'
import { readNameText } from '../known/index.ts'
import type { SiteLexicon } from './lexicon.ts'

/** A listed phrase as the tokens of a text are. */
export interface Phrase {
  /** Second and further words: both hashes of each. */
  readonly rest: readonly number[]
  readonly firstB: number
  /** Every word is one of the language too: only capitals make it a name. */
  readonly isOrdinary: boolean
  readonly class: PhiClass
  readonly role: Role
  readonly score: number
  readonly source: string
}

export interface SiteIndex {
  /** By the first hash of the first word, the longest first. */
  readonly phrases: ReadonlyMap<number, readonly Phrase[]>
  readonly recordNumbers: SiteLexicon['recordNumbers']
}

/** Makes the index of a site's lexicon, once for the life of an engine. */
export function indexSite(lexicon: SiteLexicon, gazetteer: Gazetteer): SiteIndex {
  const phrases = new Map<number, Phrase[]>()
  function add(text: string, shared: Pick<Phrase, 'class' | 'role' | 'score' | 'source'>): void {
    const { count, hashA, hashB } = tokenise(createView(text).text)
    if (count === 0) return
    const isOrdinary = Array.from({ length: count }, (_, i) => i).every((i) => {
      const [a, b] = [hashA[i] ?? 0, hashB[i] ?? 0]
      return (gazetteer.lookup(a, b) & LISTED.safe) !== 0 || LEXICON.has(a)
    })
    const rest = Array.from({ length: 2 * (count - 1) }, (_, at) => (at % 2 ? hashB : hashA)[1 + (at >> 1)] ?? 0)
    const phrase = { rest, firstB: hashB[0] ?? 0, isOrdinary, ...shared }
    const first = phrases.get(hashA[0] ?? 0)
    if (first) first.push(phrase)
    else phrases.set(hashA[0] ?? 0, [phrase])
  }
  for (const name of lexicon.staff) {
    const { given, family } = readNameText(name)
    const staff = { class: 'NAME', role: 'clinician', source: 'site.staff' } as const
    const [first = ''] = given
    for (const way of first === ''
      ? []
      : [
          [...given, family],
          [first, family],
          [family, first],
          [family, ...given],
        ])
      add(way.join(' '), { ...staff, score: 1 })
    if (first !== '') add(`${first.charAt(0)} ${family}`, { ...staff, score: 0.9 })
    add(family, { ...staff, score: 0.7 })
  }
  const listed = { role: 'unknown', score: 1 } as const
  for (const name of lexicon.facilities) add(name, { ...listed, class: 'FACILITY', source: 'site.facility' })
  for (const name of lexicon.units) add(name, { ...listed, class: 'FACILITY', source: 'site.unit' })
  for (const name of lexicon.places) add(name, { ...listed, class: 'CITY', source: 'site.place' })
  for (const list of phrases.values()) list.sort((a, b) => b.rest.length - a.rest.length)
  return { phrases, recordNumbers: lexicon.recordNumbers }
}
