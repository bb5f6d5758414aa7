import { hashPhrase } from '../gazetteer/hash.ts'
import type { Role } from '../types.ts'
import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import { gapAt, isInitial, type Reading, wordAt } from './reading.ts'
import { GAP } from './tokens.ts'

/** Words that are no part of a name, whatever the lists say. */
export const NOT_NAME: number =
  WORD.stop |
  WORD.calendar |
  WORD.facilityHead |
  WORD.state |
  WORD.country |
  WORD.title |
  WORD.clinicianTitle |
  WORD.patientCue |
  WORD.clinicianCue |
  WORD.relation |
  WORD.eponymTail |
  WORD.care

/** "Hartley Jr", "D'Souza III", "Okafor, Sr." */
const SUFFIX = /^(?:jr|sr|JR|SR|Jr|Sr|II|III|IV)$/

function isJoined(reading: Reading, i: number): boolean {
  const gap = gapAt(reading, i)
  return gap === GAP.space || gap === (GAP.space | GAP.comma)
}

export function pushName(
  reading: Reading,
  found: Candidate[],
  first: number,
  last: number,
  role: Role,
  score: number,
  source: string,
): void {
  const { start, end } = reading.tokens
  const until = SUFFIX.test(wordAt(reading.tokens, last + 1)) && isJoined(reading, last + 1) ? last + 1 : last
  found.push({ start: start[first] ?? 0, end: end[until] ?? 0, class: 'NAME', role, score, source })
}

/** Token i follows its neighbour inside one name: a space, or a full stop after an initial. */
export function follows(reading: Reading, i: number): boolean {
  const gap = gapAt(reading, i)
  if (i >= reading.tokens.count || (gap & ~(GAP.space | GAP.period)) !== 0 || gap === GAP.none) return false
  return (gap & GAP.period) === 0 || isInitial(reading, i - 1) || wordAt(reading.tokens, i - 1).length <= 2
}

/** Two names that a sign, an operation or a company bears; "John Smith surgery date" is another matter. */
const BORNE: ReadonlySet<string> = new Set([
  'austin flint',
  'tommy john',
  'graham steell',
  'grey turner',
  'lou gehrig',
  'johnson johnson',
  'rocky mountain',
  'miami j',
  'shiley trach',
  'west nile',
  'philadelphia chromosome',
  'blue cross',
  'blue shield',
  'red cross',
  'apple watch',
  'bair hugger',
  'toyota camry',
  'nissan altima',
  'honda civic',
  'ann arbor',
  'world health',
])

/** First hashes of the words that open such a pair: a word without one is passed over unread. */
const BORNE_OPENINGS: ReadonlySet<number> = new Set(Array.from(BORNE, (pair) => hashPhrase(pair.split(' ')[0] ?? '').a))

/** Models, assistants and record systems that prompts speak of: a person only where a second witness says so. */
const TOOLS: ReadonlySet<string> = new Set(
  'claude llama gemini mistral mixtral gemma qwen phi grok watson athena alexa siri copilot bard cortana falcon vicuna alpaca hermes dolly perplexity cohere nova titan epic cerner dragon abridge nuance sonnet haiku opus'.split(
    ' ',
  ),
)
const TOOL_HASHES: ReadonlySet<number> = new Set(Array.from(TOOLS, (tool) => hashPhrase(tool).a))
const TOOL_TAIL =
  /^(?:sonnet|opus|haiku|instant|pro|flash|ultra|nano|large|medium|small|guard|code|health|instruct|mini|turbo|max|scout|maverick|nemo|next|medical|ai|assistant|api|gpt|chat|copilot)$/i

/** Given names that are verbs of notes too: "Grant access", "father drew". */
export const VERBS: ReadonlySet<string> = new Set(
  'drew mark will sue chase grant bill rob pat skip trip cash hunt chance bob nick jack page reed'.split(' '),
)

export function isVerb(reading: Reading, i: number): boolean {
  return VERBS.has(wordAt(reading.tokens, i).toLowerCase())
}

export function isTool(reading: Reading, i: number): boolean {
  const { hashA } = reading.tokens
  return TOOL_HASHES.has(hashA[i] ?? 0) && TOOLS.has(wordAt(reading.tokens, i).toLowerCase())
}

/** "Claude Sonnet", "Gemini Pro": a model and its size are no given name and surname. */
export function isToolPair(reading: Reading, i: number): boolean {
  return isTool(reading, i) && TOOL_TAIL.test(wordAt(reading.tokens, i + 1)) && gapAt(reading, i + 1) !== GAP.newline
}

/** Whether tokens i and i + 1 are such a pair. */
export function isBorne(reading: Reading, i: number): boolean {
  if (!BORNE_OPENINGS.has(reading.tokens.hashA[i] ?? 0)) return false
  const pair = `${wordAt(reading.tokens, i)} ${wordAt(reading.tokens, i + 1)}`.toLowerCase()
  return BORNE.has(pair)
}
