import type { Piece } from './piece.ts'
import type { Random } from './random.ts'

type Change = (pieces: readonly Piece[], random: Random) => readonly Piece[]

const mapText = (pieces: readonly Piece[], change: (text: string, piece: Piece) => string): Piece[] =>
  pieces.map((piece) => ({ ...piece, text: change(piece.text, piece) }))

/** One slip of the finger in a word: a letter lost, doubled, swapped with the next or hit beside. */
function slip(word: string, random: Random): string {
  const at = random.between(1, word.length - 2)
  const [before, here, next, after] = [word.slice(0, at), word.charAt(at), word.charAt(at + 1), word.slice(at + 2)]
  return random.pick([
    () => before + next + after,
    () => before + here + here + next + after,
    () => before + next + here + after,
    () => before + (NEIGHBOURS[here] ?? here) + next + after,
  ])()
}

const NEIGHBOURS: Readonly<Record<string, string>> = {
  a: 's',
  b: 'v',
  c: 'x',
  d: 'f',
  e: 'r',
  f: 'd',
  g: 'h',
  h: 'j',
  i: 'o',
  j: 'k',
  k: 'l',
  l: 'k',
  m: 'n',
  n: 'm',
  o: 'p',
  p: 'o',
  r: 't',
  s: 'a',
  t: 'y',
  u: 'i',
  v: 'b',
  w: 'e',
  x: 'z',
  y: 'u',
  z: 'x',
}
const SCANS: readonly (readonly [RegExp, string])[] = [
  [/rn/, 'm'],
  [/m/, 'rn'],
  [/l/, '1'],
  [/O/, '0'],
  [/0/, 'O'],
  [/1/, 'l'],
  [/cl/, 'd'],
  [/I/, 'l'],
  [/S/, '5'],
  [/5/, 'S'],
  [/e/, 'c'],
  [/h/, 'b'],
  [/B/, '8'],
  [/g/, 'q'],
  [/li/, 'h'],
  [/, /, '. '],
]
const TYPED = new Set(['NAME', 'FACILITY', 'CITY', 'EMPLOYER', 'STREET', 'COUNTY'])

const typos: Change = (pieces, random) =>
  mapText(pieces, (text, { label }) => {
    if (label && (!TYPED.has(label.class) || !random.chance(0.15))) return text
    const rate = label ? 0.6 : 0.035
    return text.replace(/\p{Ll}{4,}/gu, (word) => (random.chance(rate) ? slip(word, random) : word))
  })

const scans: Change = (pieces, random) =>
  mapText(pieces, (text, { label }) => {
    const [from, to] = random.pick(SCANS)
    if (label) return random.chance(0.12) ? text.replace(from, to) : text
    return text.replace(/[\p{L}\p{N}]{3,}/gu, (word) => {
      if (!random.chance(0.05)) return word
      const [one, other] = random.pick(SCANS)
      return word.replace(one, other)
    })
  })

const missingBlanks: Change = (pieces, random) =>
  mapText(pieces, (text, { label }) =>
    label ? text : text.replace(/([.,:;]) (?=\S|$)/g, (both, sign: string) => (random.chance(0.3) ? sign : both)),
  )

/** Breaks lines at a width, in the middle of names and addresses too. */
const wrap: Change = (pieces, random) => {
  const width = random.between(38, 84)
  let column = 0
  return mapText(pieces, (text) =>
    text.replace(/\n|[^\s]+|[ \t]+/g, (part) => {
      if (part === '\n') column = 0
      else if (/^ +$/.test(part) && column > width) {
        column = 0
        return '\n'
      } else column += part.length
      return part
    }),
  )
}

const doubleBlanks: Change = (pieces, random) =>
  mapText(pieces, (text) =>
    text.replace(/(\S) (?=\S)/g, (both, sign: string) => (random.chance(0.12) ? `${sign}  ` : both)),
  )

const hardBlanks: Change = (pieces, random) =>
  mapText(pieces, (text) => text.replace(/ /g, () => (random.chance(0.15) ? '\u00a0' : ' ')))

const curly: Change = (pieces) =>
  mapText(pieces, (text) =>
    text
      .replace(/'/g, '\u2019')
      .replace(/(^|\s)"/g, '$1\u201c')
      .replaceAll('"', '\u201d')
      .replace(/ - /g, ' \u2013 '),
  )

const EMOJI = ['🙂', '👍', '🙏', '❤️', '👨‍⚕️', '💊', '🏥', '😷', '📅', '🩺']
const emoji: Change = (pieces, random) =>
  mapText(pieces, (text, { label }) =>
    label
      ? text
      : text.replace(/([.!?]) /g, (both, sign: string) =>
          random.chance(0.3) ? `${sign} ${random.pick(EMOJI)} ` : both,
        ),
  )

const markdown: Change = (pieces, random) => {
  const mark = random.pick(['- ', '* ', '> ', '• '])
  return mapText(pieces, (text, { label }) =>
    label
      ? text
      : text
          .replace(/\n(?=[A-Z])/g, (end) => (random.chance(0.3) ? end + mark : end))
          .replace(/^([A-Z][A-Za-z ]{2,24}):/gm, (_, head: string) =>
            random.chance(0.6) ? `**${head}:**` : `${head}:`,
          ),
  )
}

const caps: Change = (pieces) => mapText(pieces, (text) => text.toUpperCase())
const lower: Change = (pieces) => mapText(pieces, (text) => text.toLowerCase())
const unmarked: Change = (pieces) => mapText(pieces, (text) => text.normalize('NFD').replace(/\p{M}/gu, ''))
const decomposed: Change = (pieces) => mapText(pieces, (text) => text.normalize('NFD'))
const flattened: Change = (pieces) => mapText(pieces, (text, { label }) => text.replace(/\n+/g, label ? ' ' : '  '))

/** Each kind of noise with how often a document has it. The first whose turn comes of caps and lower wins. */
const NOISE: readonly (readonly [string, number, Change])[] = [
  ['markdown', 0.06, markdown],
  ['typos', 0.12, typos],
  ['ocr', 0.05, scans],
  ['blanks', 0.06, missingBlanks],
  ['double', 0.05, doubleBlanks],
  ['emoji', 0.03, emoji],
  ['curly', 0.07, curly],
  ['nfd', 0.04, decomposed],
  ['ascii', 0.05, unmarked],
  ['oneline', 0.04, flattened],
  ['wrap', 0.12, wrap],
  ['nbsp', 0.04, hardBlanks],
]

/** Disturbs a document as scans, keyboards and interfaces do. Pieces keep their borders. */
export function addNoise(pieces: readonly Piece[], random: Random): { pieces: readonly Piece[]; noise: string } {
  const kinds: string[] = []
  let changed = pieces
  for (const [kind, probability, change] of NOISE) {
    if (!random.chance(probability)) continue
    kinds.push(kind)
    changed = change(changed, random)
  }
  const letterCase = random.next()
  if (letterCase < 0.1) changed = caps(changed, random)
  else if (letterCase < 0.2) changed = lower(changed, random)
  if (letterCase < 0.2) kinds.push(letterCase < 0.1 ? 'caps' : 'lower')
  return { pieces: changed, noise: kinds.join('+') }
}
