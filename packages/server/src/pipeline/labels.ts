import { labelSchema, LABELS } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Credentials } from '../platform/http/credentials.ts'
import type { JsonLeaf } from './walk/scan-json.ts'

const HEADER = 'Breakwater-Labels'
const MAX_LABELS = 20

/** What a request says of its data, its patient's record and its caller's row bear: together, none taken away. */
export interface LabelSources {
  readonly headers: Credentials['headers']
  /** Of the caller's row. */
  readonly ofCaller: readonly string[]
  readonly leaves: readonly Pick<JsonLeaf, 'value'>[]
}

/** All labels of a request, sorted. Throws `body.invalid`. */
export function collectLabels({ headers, ofCaller, leaves }: LabelSources): readonly string[] {
  const found = new Set([...ofCaller, ...readLabels(headers.get(HEADER))])
  for (const { value } of leaves) for (const label of findSecurityLabels(value)) found.add(label)
  return found.size === 0 ? [] : [...found].sort()
}

const BY_CODE: ReadonlyMap<string, string> = new Map(
  Object.entries(LABELS).flatMap(([label, { codes }]) => codes.map((code) => [code.toLowerCase(), label])),
)
// In a resource that stands in a text, whose quotes may be escaped, and escaped again.
const BLANKS = '(?:\\s|\\\\+[nrt])*'
const CODE = new RegExp(`code\\\\*"${BLANKS}:${BLANKS}\\\\*"(${[...BY_CODE.keys()].join('|')})\\\\*"`, 'gi')

/** Labels in the `meta.security` of FHIR resources that a text holds. Taken for one wherever it stands: too many only take away. */
export function findSecurityLabels(text: string): readonly string[] {
  if (!text.includes('security')) return []
  return [...text.matchAll(CODE)].flatMap(([, code = '']) => BY_CODE.get(code.toLowerCase()) ?? [])
}

function readLabels(text: string | null): readonly string[] {
  if (text === null) return []
  const labels = text.split(',').map((label) => label.trim())
  if (labels.length <= MAX_LABELS && labels.every((label) => labelSchema.safeParse(label).success)) return labels
  throw new AppError('body.invalid', { message: `${HEADER}: names of labels, separated by commas`, field: HEADER })
}
