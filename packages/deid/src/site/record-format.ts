import { AppError } from '@breakwater/kernel'

const SIGNS: Readonly<Record<string, string>> = { '9': '[0-9]', A: '[A-Z]', '*': '[A-Z0-9]' }
const PLAIN = /^[-/._ #]$/
const LITERAL = /^\[([A-Za-z0-9 ._/#-]{1,20})\]/
const REPEAT = /^\{(\d{1,2})(?:,(\d{1,2}))?\}/
const MAX_LENGTH = 60
const MIN_OPEN = 3

/**
 * Compiles the format of a site's numbers: `9` a digit, `A` a letter, `*` either, `[text]` that text, `{n}` or `{n,m}`
 * how often the sign before it stands; `- / . _ #` and the blank stand for themselves. `[QH]-9{7,8}` is QH-1234567 or
 * QH-12345678. No other signs, so none that could make a search slow. Case does not count. Throws `config.invalid`.
 */
export function compileFormat(format: string, field: string): RegExp {
  const refuse = (rule: string): AppError => new AppError('config.invalid', { message: `${field}: ${rule}`, field })
  let source = ''
  let longest = 0
  let open = 0
  for (let at = 0; at < format.length; ) {
    const rest = format.slice(at)
    const literal = LITERAL.exec(rest)
    const sign = literal ? escape(literal[1] ?? '') : (SIGNS[rest.charAt(0)] ?? plain(rest.charAt(0)))
    if (sign === undefined) throw refuse('only 9, A, *, [text], {n,m} and - / . _ # blank')
    at += literal ? literal[0].length : 1
    const repeat = REPEAT.exec(format.slice(at))
    const [least, most] = repeat ? [Number(repeat[1]), Number(repeat[2] ?? repeat[1])] : [1, 1]
    if (least > most || most === 0) throw refuse('{n,m} with n up to m')
    at += repeat?.[0].length ?? 0
    const length = literal ? (literal[1] ?? '').length : 1
    longest += most * length
    if (!literal && SIGNS[rest.charAt(0)] !== undefined) open += least
    source += `(?:${sign}){${least},${most}}`
  }
  if (open < MIN_OPEN) throw refuse(`at least ${MIN_OPEN} of 9, A, *`)
  if (longest > MAX_LENGTH) throw refuse(`at most ${MAX_LENGTH} characters long`)
  if (!/^[9A*[]/.test(format)) throw refuse('a letter or digit first')
  return new RegExp(`${source}(?![A-Za-z0-9])`, 'iy')
}

function plain(sign: string): string | undefined {
  return PLAIN.test(sign) ? escape(sign) : undefined
}

function escape(text: string): string {
  return text
    .replace(/[-/.#\\ ]/g, String.raw`\$&`)
    .replaceAll(String.raw`\ `, ' ')
    .replaceAll(String.raw`\#`, '#')
}
