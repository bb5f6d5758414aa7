import type { Manifest } from '@breakwater/deid'
import { formatColumns, formatCount } from '../../io/format.ts'
import type { Style } from '../../style.ts'

const DONE: Readonly<Record<string, string>> = { remove: 'removed', generalise: 'generalised', token: 'tokenised' }

const LABEL_NOTES: Readonly<Record<Manifest['label'], string>> = {
  'safe-harbor-transformed':
    'de-identified only with a signed statement of no actual knowledge, 45 CFR 164.514(b)(2)(ii)',
  pseudonymised: 'still PHI: a token can be reversed',
}

/** What was done, by class; no value. */
export function describeManifest(manifest: Manifest, style: Style): string[] {
  const totals = new Map<string, number>()
  for (const [key, count] of Object.entries(manifest.counts)) {
    const [phiClass = '', , operator = ''] = key.split('/')
    const row = `${phiClass}/${DONE[operator] ?? operator}`
    totals.set(row, (totals.get(row) ?? 0) + count)
  }
  const rows = Array.from(totals)
    .toSorted(([, a], [, b]) => b - a)
    .map(([row, count]) => [...row.split('/'), count.toLocaleString('en')])
  const total = Object.values(manifest.counts).reduce((sum, count) => sum + count, 0)
  return [
    `${style.bold(formatCount(manifest.documents, 'document'))}, ${style.bold(formatCount(total, 'change'))}`,
    ...formatColumns(rows).map((line) => `  ${line}`),
    `${style.dim('label')}  ${manifest.label}`,
    `       ${style.dim(LABEL_NOTES[manifest.label])}`,
  ]
}
