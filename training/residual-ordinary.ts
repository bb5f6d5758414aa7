/**
 * Ordinary texts for the second detector's training: prompts, turns of chats, code, logs, lists of codes, single words.
 * Nobody's, but for the slots in braces. Lines and words are dealt to the parts by the hash of their letters.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CorpusLine } from './corpus/generate.ts'
import { joinPieces, type Piece } from './corpus/piece.ts'
import { hashText, type Random } from './corpus/random.ts'
import type { Surfaces } from './corpus/surfaces.ts'
import { HIDDEN } from './residual-slots.ts'
import { ORDINARY_SLOTS, type Vocabulary } from './residual-ordinary-slots.ts'

/** What trains, what the threshold is chosen on, and what the settings are chosen on. */
export type ResidualPart = 'train' | 'calibrate' | 'select'

/** Of twenty lines, so many are for each of the two parts that do not train. */
const HELD_OUT = 3
const OF = 20

export function partOf(text: string): ResidualPart {
  const place = hashText(text) % OF
  if (place < HELD_OUT) return 'calibrate'
  return place < 2 * HELD_OUT ? 'select' : 'train'
}

type Made = Pick<CorpusLine, 'text' | 'spans'>
type Kind = readonly [name: string, lines: readonly string[]]

/** The lines of a part by kind, a kind in each part. */
function readKinds(part: ResidualPart): readonly Kind[] {
  const text = readFileSync(join(import.meta.dirname, 'residual-ordinary.txt'), 'utf8')
  return text
    .split(/^## (?=[a-z]+$)/m)
    .slice(1)
    .map((block) => {
      const [name = '', ...lines] = block.trimEnd().split('\n')
      return [name, lines.filter((line) => partOf(line) === part)] as const
    })
}

const SLOT = /%([A-Za-z]+\d*)|\{(\w+)\}/g
/** Texts of several lines, as people paste them one below the other. */
const JOINED = 0.25
/** Of a part's texts, so many are somebody's where a line is. */
const MOST_JOINED = 4

/** Makes the texts of one part. `isClean` asks for lines of nobody only. */
export function createOrdinary(
  part: ResidualPart,
  surfaces: Surfaces,
  vocabulary: Vocabulary,
): (random: Random, isClean: boolean) => Made {
  const kinds = readKinds(part)
  const clean = kinds.map(([name, lines]) => [name, lines.filter((line) => !isSomebodys(line))] as const)
  return (random, isClean) => {
    const [, lines] = random.pick(isClean ? clean : kinds)
    const pieces: Piece[] = []
    const count = random.chance(JOINED) ? random.between(2, MOST_JOINED) : 1
    for (let at = 0; at < count; at++) {
      if (at > 0) pieces.push({ text: random.pick(['\n', '\n\n']) })
      fill(random.pick(lines), random, surfaces, vocabulary, pieces)
    }
    return joinPieces(pieces)
  }
}

const isSomebodys = (line: string): boolean =>
  Array.from(line.matchAll(SLOT)).some(([, , name]) => name !== undefined && name in HIDDEN)

function fill(line: string, random: Random, surfaces: Surfaces, vocabulary: Vocabulary, pieces: Piece[]): void {
  const template = line.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\u2022', '\u2022')
  let at = 0
  for (const { 0: whole, 1: own, 2: hidden, index } of template.matchAll(SLOT)) {
    const slot = own === undefined ? undefined : ORDINARY_SLOTS[own]
    const somebody = hidden === undefined ? undefined : HIDDEN[hidden]
    if (own !== undefined && !slot) throw new RangeError(`no slot %${own}`)
    if (!slot && !somebody) continue
    pieces.push({ text: template.slice(at, index) })
    if (slot) pieces.push({ text: slot(random, vocabulary) })
    else if (somebody)
      pieces.push({ text: somebody(random, surfaces, vocabulary.terms), label: { class: 'OTHER_ID', role: 'unknown' } })
    at = index + whole.length
  }
  pieces.push({ text: template.slice(at) })
}

/** Words of a text that stand small in it and so are nobody's, seen `least` times. */
export function gatherWords(texts: Iterable<Made>, least: number): string[] {
  const counts = new Map<string, number>()
  for (const { text, spans } of texts) {
    for (const { 0: word, index } of text.matchAll(/(?<![\p{L}\p{N}'])[a-z]{3,14}(?![\p{L}\p{N}'])/gu)) {
      const isLabelled = spans.some(({ start, end }) => start < index + word.length && end > index)
      if (!isLabelled) counts.set(word, (counts.get(word) ?? 0) + 1)
    }
  }
  return [...counts].flatMap(([word, count]) => (count >= least ? [word] : [])).toSorted()
}

/** The words that a part may use: training never sees those that are held out, the others see all. */
export const wordsOf = (part: ResidualPart, words: readonly string[]): readonly string[] =>
  part === 'train' ? words.filter((word) => partOf(word) === 'train') : words
