import type { TypedSpan } from './typed-span.ts'

/** Shapes that leave no doubt, in the folded view; chosen on the train part (each right in 9 of 10 places or more). */
const MONTH = '(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre)'
const WORD_END = '(?![\\p{L}\\p{N}])'
const WORD_START = '(?<![\\p{L}\\p{N}])'
const YEAR = '(?:19|20)\\d\\d'
const RULES: readonly { readonly type: string; readonly shape: RegExp }[] = [
  {
    type: 'FECHAS',
    shape: new RegExp(
      `${WORD_START}(?:\\d{1,2}(?: de |[ /-]))?${MONTH}(?: del? (?:ano )?|[ /-])${YEAR}${WORD_END}`,
      'giu',
    ),
  },
  { type: 'FECHAS', shape: /(?<![\p{L}\p{N}/.-])\d{1,2}([/-])\d{1,2}\1(?:19|20)\d\d(?![\p{L}\p{N}/-])/gu },
  { type: 'FECHAS', shape: new RegExp(`(?<=(?<![\\p{L}\\p{N}])en )${YEAR}${WORD_END}`, 'giu') },
  {
    type: 'FECHAS',
    shape: new RegExp(
      `(?<=(?:en|entre) )${YEAR}(?= y ${YEAR}${WORD_END})|(?<=(?:en|entre) ${YEAR} y )${YEAR}${WORD_END}`,
      'giu',
    ),
  },
  {
    type: 'EDAD_SUJETO_ASISTENCIA',
    shape: new RegExp(`${WORD_START}\\d{1,3} (?:anos|meses|dias|semanas)(?= de (?:edad|vida)${WORD_END})`, 'giu'),
  },
  {
    type: 'CORREO_ELECTRONICO',
    shape:
      /(?<![\p{L}\p{N}.+_-])[\p{L}\p{N}.+_-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}(?![\p{L}\p{N}])/gu,
  },
]

/** Puts what the rules find in place of what the model says there, unless that is longer and of another type. */
export function applyRules(text: string, spans: readonly TypedSpan[]): TypedSpan[] {
  const ruled = RULES.flatMap(({ type, shape }) =>
    Array.from(text.matchAll(shape), ({ 0: surface, index }): TypedSpan => {
      return { start: index, end: index + surface.length, type, score: 1, isUnlikely: false }
    }),
  ).toSorted((a, b) => a.start - b.start || b.end - a.end)
  const kept: TypedSpan[] = []
  let next = 0
  let reached = -1
  for (const rule of ruled) {
    if (rule.start < reached) continue
    while (next < spans.length && (spans[next]?.end ?? 0) <= rule.start) kept.push(...spans.slice(next, ++next))
    const touched: TypedSpan[] = []
    for (let i = next; i < spans.length && (spans[i]?.start ?? 0) < rule.end; i++)
      touched.push(...spans.slice(i, i + 1))
    const isPart = touched.some(
      ({ start, end, type, isUnlikely }) => !isUnlikely && type !== rule.type && end - start > rule.end - rule.start,
    )
    const reachesOut = touched.some(
      ({ start, end, type }) => type === rule.type && (start < rule.start || end > rule.end),
    )
    if (isPart || (reachesOut && rule.type !== 'FECHAS')) continue
    next += touched.length
    kept.push(rule)
    reached = rule.end
  }
  return [...kept, ...spans.slice(next)]
}
