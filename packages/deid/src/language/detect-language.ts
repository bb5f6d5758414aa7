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
const NON_ASCII = /[^\0-\x7F]/
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
/** What a word tells. */
interface Telling {
  readonly isEnglish: boolean
  readonly isSpanish: boolean
  /** Of the other languages, by index in `OTHER_WORDS`. */
  readonly others: readonly number[]
  readonly number: number
}

/** By word, in small letters without marks; what English holds as well tells nothing of others. */
const TELLING = collectTelling()

const LONGEST_TELLING = Math.max(...Array.from(TELLING.keys(), ({ length }) => length))

function collectTelling(): ReadonlyMap<string, Telling> {
  const others = new Map<string, number[]>()
  for (const [language, list] of Object.values(OTHER_WORDS).entries()) {
    for (const word of split(list)) {
      if (word.length < 2 || ENGLISH.has(word)) continue
      const known = others.get(word)
      if (known) known.push(language)
      else others.set(word, [language])
    }
  }
  const words = new Set([...ENGLISH, ...SPANISH, ...others.keys()])
  return new Map(
    Array.from(words, (word, number) => [
      word,
      { isEnglish: ENGLISH.has(word), isSpanish: SPANISH.has(word), others: others.get(word) ?? [], number },
    ]),
  )
}

/**
 * Tells English and Spanish from what the engine does not read, by scripts, frequent words and letters. Pure; time linear
 * in the text, at most its first 20,000 characters. Refuses only what is clearly another language: a text in foreign
 * letters, or one whose words are those of another language more than of English and Spanish.
 */
export function detectLanguage(text: string): DetectedLanguage {
  return judge(countWords(text.slice(0, MOST_CHARACTERS)))
}

/** What `detectLanguage` counts in a text, packed: numbers, and none of the text's own words. */
export type LanguageTally = Uint8Array<ArrayBuffer>

/** The costly part of `detectLanguage`: may be remembered, for `judgeTally` and `judgeWhole`. */
export function tallyLanguage(text: string): LanguageTally {
  return pack(countWords(text.slice(0, MOST_CHARACTERS)))
}

/** What `detectLanguage` says of the text that was tallied. */
export function judgeTally(tally: LanguageTally): DetectedLanguage {
  return LANGUAGES[numbersOf(tally)[0] ?? 0] ?? 'undetermined'
}

/** What `detectLanguage` says of these texts joined by line ends; `tallies` are parallel to them. */
export function judgeWhole(texts: readonly string[], tallies: readonly LanguageTally[]): DetectedLanguage {
  const count = createCount()
  let left = MOST_CHARACTERS
  for (const [index, text] of texts.entries()) {
    const tally = tallies[index]
    // No word and no address goes over a line's end, so what is counted in each adds up.
    if (tally && text.length <= left) addTally(count, tally)
    else addTally(count, tallyLanguage(text.slice(0, left)))
    left -= text.length + 1
    if (left <= 0) break
  }
  return judge(count)
}

function judge(count: Count): DetectedLanguage {
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
  /** By index in `OTHER_WORDS`. */
  readonly byLanguage: Map<number, number>
  /** The words that told, by number: one alone, however often, may be a name or a key of a table. */
  readonly different: Set<number>
}

function createCount(): Count {
  return {
    latinLetters: 0,
    foreignLetters: 0,
    english: 0,
    spanish: 0,
    marked: 0,
    byLanguage: new Map(),
    different: new Set(),
  }
}

function countWords(text: string): Count {
  const count = createCount()
  const words = ADDRESS.test(text) ? text.replace(RUN, (run) => (ADDRESS.test(run) ? ' ' : run)) : text
  if (!NON_ASCII.test(words)) {
    countPlain(count, words.toLowerCase())
    return count
  }
  for (const [word] of words.normalize('NFC').matchAll(WORD)) {
    const latin = word.match(LATIN)?.length ?? 0
    count.foreignLetters += word.length - latin - (latin > 0 ? (word.match(MARKS)?.length ?? 0) : 0)
    if (latin === 0) continue
    count.latinLetters += latin
    const small = word.toLowerCase()
    if (FOREIGN_LATIN.test(small)) count.marked++
    countWord(count, small.normalize('NFD').replace(/\p{M}/gu, ''))
  }
  return count
}

/** Of a text in ASCII, in small letters. */
function countPlain(count: Count, text: string): void {
  let start = 0
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 0
    if (code >= 97 && code <= 122) continue
    if (at > start) {
      count.latinLetters += at - start
      if (at - start <= LONGEST_TELLING) countWord(count, text.slice(start, at))
    }
    start = at + 1
  }
}

/** A word in small letters without marks. */
function countWord(count: Count, plain: string): void {
  const telling = TELLING.get(plain)
  if (!telling) return
  if (telling.isEnglish) count.english++
  if (telling.isSpanish) count.spanish++
  if (telling.others.length === 0) return
  count.different.add(telling.number)
  for (const language of telling.others) count.byLanguage.set(language, (count.byLanguage.get(language) ?? 0) + 1)
}

const LANGUAGES: readonly DetectedLanguage[] = ['undetermined', 'en', 'es', 'unsupported']
/** Numbers before the words that told. */
const HEAD = 7

/**
 * What the text is in, Latin and foreign letters, English and Spanish words, marked ones, how many different words told,
 * these, then pairs of language and words.
 */
function pack(count: Count): LanguageTally {
  const { latinLetters, foreignLetters, english, spanish, marked, byLanguage, different } = count
  // More than enough are as good as enough.
  const told = [...different].slice(0, ENOUGH_WORDS)
  const head = [LANGUAGES.indexOf(judge(count)), latinLetters, foreignLetters, english, spanish, marked, told.length]
  return new Uint8Array(Uint32Array.from([...head, ...told, ...[...byLanguage].flat()]).buffer)
}

function addTally(count: Count, tally: LanguageTally): void {
  const numbers = numbersOf(tally)
  count.latinLetters += numbers[1] ?? 0
  count.foreignLetters += numbers[2] ?? 0
  count.english += numbers[3] ?? 0
  count.spanish += numbers[4] ?? 0
  count.marked += numbers[5] ?? 0
  const pairs = HEAD + (numbers[6] ?? 0)
  for (let at = HEAD; at < pairs; at++) count.different.add(numbers[at] ?? 0)
  for (let at = pairs; at < numbers.length; at += 2) {
    const [language = 0, words = 0] = [numbers[at], numbers[at + 1]]
    count.byLanguage.set(language, (count.byLanguage.get(language) ?? 0) + words)
  }
}

function numbersOf({ buffer, byteOffset, byteLength }: LanguageTally): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / Uint32Array.BYTES_PER_ELEMENT)
}

/** Each word of a list counts one; in the language that shows most, a marked letter counts as half a word. */
function weigh({ english, spanish, marked, byLanguage }: Count): { english: number; spanish: number; foreign: number } {
  const most = Math.max(0, ...byLanguage.values())
  return { english, spanish, foreign: most === 0 ? marked / 4 : most + marked / 2 }
}
