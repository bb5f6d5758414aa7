import { ENGLISH_WORDS, OTHER_WORDS, SPANISH_WORDS } from './words.ts'

/**
 * What a text is written in, as far as it matters here. `undetermined` is a text too short or too poor in words to tell;
 * it is read as English, the default.
 */
export type DetectedLanguage = 'en' | 'es' | 'unsupported' | 'undetermined'

/** Letters of foreign scripts that a text may hold (a greeting, a name), and the share of its letters that they may be. */
const FOREIGN_LETTERS = 12
const FOREIGN_SHARE = 0.2
/** Fewer letters tell too, where they are most of the text's: a line in Japanese. */
const FEW_FOREIGN_LETTERS = 5
const MOSTLY = 0.6
/** Fewer letters than this never make a text unsupported by its words alone: clinical shorthand is short. */
const ENOUGH_LETTERS = 25
const ENOUGH_WORDS = 3
/** How much more the words of one language must tell than those of another. */
const CLEARLY = 1.5
/** No text is read further: a language shows within its first pages. */
const MOST_CHARACTERS = 20_000

const WORD = /\p{L}[\p{L}\p{M}]*/gu
const RUN = /\S+/g
const ADDRESS = /@|:\/\/|www\./
const LATIN = /\p{Script=Latin}/gu
const MARKS = /\p{M}/gu
/** Letters that neither English nor Spanish writes. */
const FOREIGN_LATIN =
  /[\u00c4-\u00c7\u00c8\u00ca-\u00cc\u00ce-\u00d0\u00d2\u00d4-\u00d6\u00d8\u00d9\u00db\u00dd-\u00df\u00e0\u00e2-\u00e8\u00ea-\u00ec\u00ee-\u00f0\u00f2\u00f4-\u00f6\u00f8\u00f9\u00fb\u00fd-\u00ff\u0100-\u024f\u1e00-\u1eff]/u

const split = (list: string): string[] => list.split(/\s+/)
const ENGLISH = new Set(split(ENGLISH_WORDS))
const SPANISH = new Set(split(SPANISH_WORDS))
/** The languages that hold a word; those of English or Spanish as well tell nothing of others. */
const OTHERS = collectOthers()

function collectOthers(): ReadonlyMap<string, readonly string[]> {
  const others = new Map<string, string[]>()
  for (const [language, list] of Object.entries(OTHER_WORDS)) {
    for (const word of split(list)) {
      if (word.length < 2 || ENGLISH.has(word)) continue
      const known = others.get(word)
      if (known) known.push(language)
      else others.set(word, [language])
    }
  }
  return others
}

/**
 * Tells English and Spanish from what the engine does not read, by scripts, frequent words and letters. Pure; time linear
 * in the text, at most its first 20,000 characters. Refuses only what is clearly another language: a text in foreign
 * letters, or one whose words are those of another language more than of English and Spanish.
 */
export function detectLanguage(text: string): DetectedLanguage {
  const prose = text
    .slice(0, MOST_CHARACTERS)
    .replace(RUN, (run) => (ADDRESS.test(run) ? ' ' : run))
    .normalize('NFC')
  const count = countWords(prose)
  const letters = count.foreignLetters + count.latinLetters
  if (count.foreignLetters >= FOREIGN_LETTERS && count.foreignLetters > FOREIGN_SHARE * letters) return 'unsupported'
  if (count.foreignLetters >= FEW_FOREIGN_LETTERS && count.foreignLetters > MOSTLY * letters) return 'unsupported'
  const { english, spanish, foreign } = weigh(count)
  if (
    count.latinLetters >= ENOUGH_LETTERS &&
    foreign >= ENOUGH_WORDS &&
    (count.different.size >= ENOUGH_WORDS || count.marked >= ENOUGH_WORDS) &&
    foreign > CLEARLY * english &&
    foreign > spanish
  )
    return 'unsupported'
  if (spanish >= ENOUGH_WORDS && spanish > CLEARLY * english) return 'es'
  return english >= ENOUGH_WORDS && english >= spanish ? 'en' : 'undetermined'
}

interface Count {
  latinLetters: number
  foreignLetters: number
  english: number
  spanish: number
  /** Words with a letter that neither language writes. */
  marked: number
  readonly byLanguage: Map<string, number>
  /** The words that told: one alone, however often, may be a name or a key of a table. */
  readonly different: Set<string>
}

function countWords(prose: string): Count {
  const count: Count = {
    latinLetters: 0,
    foreignLetters: 0,
    english: 0,
    spanish: 0,
    marked: 0,
    byLanguage: new Map(),
    different: new Set(),
  }
  for (const [word] of prose.matchAll(WORD)) {
    const latin = word.match(LATIN)?.length ?? 0
    count.foreignLetters += word.length - latin - (latin > 0 ? (word.match(MARKS)?.length ?? 0) : 0)
    if (latin === 0) continue
    count.latinLetters += latin
    const small = word.toLowerCase()
    const plain = small.normalize('NFD').replace(/\p{M}/gu, '')
    if (ENGLISH.has(plain)) count.english++
    if (SPANISH.has(plain)) count.spanish++
    if (FOREIGN_LATIN.test(small)) count.marked++
    const languages = OTHERS.get(plain) ?? []
    if (languages.length > 0) count.different.add(plain)
    for (const language of languages) {
      count.byLanguage.set(language, (count.byLanguage.get(language) ?? 0) + 1)
    }
  }
  return count
}

/** Each word of a list counts one; in the language that shows most, a marked letter counts as half a word. */
function weigh({ english, spanish, marked, byLanguage }: Count): { english: number; spanish: number; foreign: number } {
  const most = Math.max(0, ...byLanguage.values())
  return { english, spanish, foreign: most === 0 ? marked / 4 : most + marked / 2 }
}
