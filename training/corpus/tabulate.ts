import type { CorpusLine } from './generate.ts'

/** The letters of 45 CFR 164.514(b)(2)(i) and their classes; ages and years stand in two rows of their own. */
export const LETTERS: Readonly<Record<string, readonly string[]>> = {
  A: ['NAME', 'INITIALS'],
  B: ['STREET', 'CITY', 'COUNTY', 'ZIP', 'GEO', 'FACILITY'],
  C: ['DATE', 'TIME', 'DATE_PART', 'AGE'],
  D: ['PHONE'],
  E: ['FAX'],
  F: ['EMAIL'],
  G: ['SSN'],
  H: ['MRN'],
  I: ['PLAN_ID'],
  J: ['ACCOUNT'],
  K: ['LICENCE'],
  L: ['VEHICLE'],
  M: ['DEVICE'],
  N: ['URL'],
  O: ['IP'],
  P: ['BIOMETRIC'],
  Q: ['PHOTO'],
  R: ['OTHER_ID', 'USERNAME'],
  '-': ['EMPLOYER'],
  kept: ['STATE', 'COUNTRY', 'YEAR', 'AGE < 90'],
}

/** The class of a span, with ages under 90 apart: those stay. */
export function countedClass(span: { readonly class: string; readonly format?: string }): string {
  return span.class === 'AGE' && span.format?.startsWith('age.89') === true ? 'AGE < 90' : span.class
}

/** A table of documents and spans: per letter and class, in seen and in held-out formats. */
export function tabulate(lines: readonly CorpusLine[]): string {
  const seen = new Map<string, number>()
  const unseen = new Map<string, number>()
  for (const { formats, spans } of lines) {
    const counts = formats === 'unseen' ? unseen : seen
    for (const span of spans) counts.set(countedClass(span), (counts.get(countedClass(span)) ?? 0) + 1)
  }
  const clean = lines.filter(({ spans }) => spans.every((span) => LETTERS['kept']?.includes(countedClass(span)))).length
  const characters = lines.reduce((sum, { text }) => sum + text.length, 0)
  const rows = Object.entries(LETTERS).flatMap(([letter, classes]) =>
    classes.map((one) => `| ${letter} | ${one} | ${seen.get(one) ?? 0} | ${unseen.get(one) ?? 0} |`),
  )
  return [
    `${lines.length} documents, ${clean} without an identifier, ${characters} characters`,
    '| letter | class | seen formats | documents in held-out formats |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
