/** A text as a transform leaves it: what it wrote, and what it left. */
import type { TextRange } from '@breakwater/deid/residual-training'
import type { Random } from './corpus/random.ts'
import type { Made } from './residual-texts.ts'

export interface Release {
  readonly text: string
  readonly written: readonly TextRange[]
  readonly leaks: readonly TextRange[]
}

/** What Safe Harbor keeps, so that leaving it is no leak: 45 CFR 164.514(b)(2)(i)(B), (C). */
const KEPT: ReadonlySet<string> = new Set(['STATE', 'COUNTRY', 'YEAR', 'AGE'])

const TOKEN_SIGNS = '0123456789BCDFGHJKLMNPQRSTVWXZ'.split('')
const TOKEN_WORDS = 'NAME OTHERID DATE STREET CITY ZIP PHONE FACILITY RECORD ACCOUNT LICENCE'.split(' ')

/** What a transform puts: the class in brackets, or a token as the gateway's are, whose capitals are part of the text. */
function createWriter(random: Random): (name: string) => string {
  if (random.chance(0.5)) return (name) => `[${name}]`
  return () => random.pick(TOKEN_WORDS) + Array.from({ length: 12 }, () => random.pick(TOKEN_SIGNS)).join('')
}

/** Releases a text; each identifier whose class `mayBeLeft` is left with the probability `left`. */
export function release(
  line: Made,
  random: Random,
  left: number,
  mayBeLeft: (phiClass: string) => boolean = () => true,
): Release {
  const write = createWriter(random)
  const written: TextRange[] = []
  const leaks: TextRange[] = []
  let text = ''
  let at = 0
  for (const span of line.spans.toSorted((a, b) => a.start - b.start)) {
    if (KEPT.has(span.class)) continue
    text += line.text.slice(at, span.start)
    const isLeft = random.chance(left) && mayBeLeft(span.class)
    const put = isLeft ? line.text.slice(span.start, span.end) : write(span.class)
    ;(isLeft ? leaks : written).push({ start: text.length, end: text.length + put.length })
    text += put
    at = span.end
  }
  return { text: text + line.text.slice(at), written, leaks }
}
