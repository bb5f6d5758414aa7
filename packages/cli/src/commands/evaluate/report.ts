import type { Evaluation, Share } from '@breakwater/deid/evaluate'
import { formatColumns, formatCount } from '../../io/format.ts'
import type { Style } from '../../style.ts'

const CONFUSIONS = 8

/** The figures for people; no value. */
export function describeEvaluation(evaluation: Evaluation, style: Style): string[] {
  const { full, perfect, verbatim, over, clinicalRetention, retention } = evaluation
  const figures = [
    figure('identifiers covered whole', full),
    figure('documents without a miss', perfect),
    figure('negatives changed', over, true),
    figure('clinical words kept', clinicalRetention),
    figure('all other words kept', retention),
    figure('gone verbatim (forgiving)', verbatim),
    ['character precision', formatShare(evaluation.characterPrecision)],
    ['F2 of words', formatShare(evaluation.wordF2)],
  ].filter(([, share]) => share !== '')
  const filled = Object.entries(evaluation.by).filter(([, rows]) => rows.length > 0)
  const tables = filled.flatMap(([dimension, rows]) => [
    '',
    style.bold(`By ${dimension}, worst first`),
    ...indent(
      formatColumns(
        rows.map((row) => [row.name, ...figure('', row).slice(1)]),
        [dimension, 'share', 'caught', 'proven', '95 % bounds'],
      ),
      style,
    ),
  ])
  const confusion = evaluation.confusion.slice(0, CONFUSIONS).map(([pair, count]) => {
    const [gold = '', predicted = ''] = pair.split('>')
    return [gold, `taken for ${predicted}`, String(count)]
  })
  return [
    `${style.bold(formatCount(evaluation.documents, 'document'))}, ${style.bold(formatCount(full.of, 'identifier'))}`,
    ...indent(formatColumns(figures, ['', 'share', 'count', 'proven', '95 % bounds']), style),
    ...(evaluation.negativesNotCounted > 0
      ? [
          style.dim(
            `  ${formatCount(evaluation.negativesNotCounted, 'negative')} left out: Safe Harbor removes something in them`,
          ),
        ]
      : []),
    ...tables,
    ...(confusion.length > 0
      ? ['', style.bold('Caught under another class'), ...indent(formatColumns(confusion), style)]
      : []),
    '',
    style.dim(
      'Exact (Clopper-Pearson) bounds: what is proven is one-sided 95 %, the others two-sided. They hold for texts like',
    ),
    style.dim(
      'these and for spans that do not depend on each other; those of one document do, so see the documents too.',
    ),
  ]
}

function figure(name: string, share: Share, isBad = false): string[] {
  if (share.of === 0) return [name, '']
  const { lower, upper } = share.bounds
  return [
    name,
    formatShare(share.share),
    `${share.count.toLocaleString('en')} of ${share.of.toLocaleString('en')}`,
    isBad ? `at most ${formatShare(share.atMost)}` : `at least ${formatShare(share.atLeast)}`,
    `${formatShare(lower)} to ${formatShare(upper)}`,
  ]
}

/** `97.3 %`; never rounded up to what was not reached. */
export function formatShare(share: number | null): string {
  if (share === null) return ''
  const tenths = share < 1 ? Math.min(999, Math.round(1000 * share)) : 1000
  return `${(tenths / 10).toFixed(1)} %`
}

function indent(lines: readonly string[], style: Style): string[] {
  const [head = '', ...rest] = lines
  return [`  ${style.dim(head)}`, ...rest.map((line) => `  ${line}`)]
}
