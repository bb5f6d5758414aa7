/** A text with its gold spans; `mustStay` marks one without identifiers, whose change would be over-redaction. */
export interface GoldText {
  readonly id: string
  readonly text: string
  readonly spans: readonly { readonly start: number; readonly end: number; readonly label: string }[]
  readonly mustStay: boolean
}

export interface Covered {
  readonly start: number
  readonly end: number
}

export interface Score {
  readonly texts: number
  readonly spans: number
  /** Gold spans whose every letter and digit is covered. */
  readonly covered: number
  readonly textsWithPhi: number
  readonly perfect: number
  readonly negatives: number
  readonly changedNegatives: number
  /** Negatives that hold an element which Safe Harbor removes: not counted. */
  readonly barredNegatives: number
  readonly rightCharacters: number
  readonly wrongCharacters: number
  readonly byLabel: Readonly<Record<string, { readonly spans: number; readonly covered: number }>>
}

const ALPHANUMERIC = /[\p{L}\p{N}]/u
const HONORIFIC = /^(?:(?:dr|mr|mrs|ms|miss|prof|sr|sra|rn|np)\.?\s+)+/i
const MONTH_NAMES =
  'jan(?:uary)?|feb(?:ruary)?|march|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?'
const SEASON = '(?:spring|summer|fall|autumn|winter)'
/** Elements of dates and ages of 90 and more that 45 CFR 164.514(b)(2)(i)(C) removes. */
const BARRED = new RegExp(
  [
    `\\b(?:${MONTH_NAMES})\\.?\\s+(?:\\d|of\\b)`,
    '\\bmay\\s+(?:\\d|of\\b)',
    `\\b(?:last|this|next|early|late|in|since)\\s+${SEASON}\\b`,
    `\\b${SEASON}\\s+(?:of\\s+)?\\d{4}`,
    '\\b(?:9\\d|1[01]\\d)[- ]?(?:year|yo\\b|y\\/o)',
  ].join('|'),
  'i',
)

/** Scores what would be transformed: strict coverage, perfect texts, over-redaction, character precision. */
export function score(gold: readonly GoldText[], predict: (text: string) => readonly Covered[]): Score {
  const byLabel: Record<string, { spans: number; covered: number }> = {}
  const total = { spans: 0, covered: 0, textsWithPhi: 0, perfect: 0, negatives: 0, changedNegatives: 0 }
  let [barredNegatives, rightCharacters, wrongCharacters] = [0, 0, 0]
  for (const { text, spans, mustStay } of gold) {
    const predicted = predict(text)
    const masked = marks(text.length, predicted)
    if (mustStay) {
      if (BARRED.test(text)) barredNegatives++
      else {
        total.negatives++
        if (predicted.length > 0) total.changedNegatives++
      }
    } else {
      const right = marks(text.length, spans)
      for (let i = 0; i < text.length; i++) {
        if (masked[i] !== 1 || !ALPHANUMERIC.test(text.charAt(i))) continue
        if (right[i] === 1) rightCharacters++
        else wrongCharacters++
      }
    }
    if (spans.length === 0) continue
    const missed = spans.filter((span) => {
      const label = (byLabel[span.label] ??= { spans: 0, covered: 0 })
      const whole = isCovered(text, span, masked)
      label.spans++
      if (whole) label.covered++
      return !whole
    })
    total.spans += spans.length
    total.covered += spans.length - missed.length
    total.textsWithPhi++
    if (missed.length === 0) total.perfect++
  }
  return { texts: gold.length, ...total, barredNegatives, rightCharacters, wrongCharacters, byLabel }
}

function marks(length: number, spans: readonly Covered[]): Uint8Array {
  const marked = new Uint8Array(length)
  for (const { start, end } of spans) marked.fill(1, start, end)
  return marked
}

function isCovered(text: string, span: GoldText['spans'][number], masked: Uint8Array): boolean {
  const surface = text.slice(span.start, span.end)
  const skipped = span.label === 'NAME' ? (HONORIFIC.exec(surface)?.[0].length ?? 0) : 0
  for (let i = span.start + skipped; i < span.end; i++) {
    if (masked[i] !== 1 && ALPHANUMERIC.test(text.charAt(i))) return false
  }
  return true
}

export function percent(part: number, whole: number): number | null {
  return whole > 0 ? Math.round((1000 * part) / whole) / 10 : null
}
