import { readFile } from 'node:fs/promises'
import { LABEL_MAPS } from '@breakwater/deid/evaluate'
import type { LabelMap } from '@breakwater/deid/evaluate'
import { AppError } from '@breakwater/kernel'

const RULES: ReadonlySet<unknown> = new Set([undefined, 'under-90', 'bare-year', 'state-or-country'])
const ROLES: ReadonlySet<unknown> = new Set([
  undefined,
  'patient',
  'relative',
  'household',
  'employer',
  'clinician',
  'other',
  'unknown',
])

/** A map by its name, or from a file of JSON of the same shape. Throws `body.invalid` naming the rule. */
export async function loadLabelMap(named: string): Promise<LabelMap> {
  const built = Object.entries(LABEL_MAPS).find(([name]) => name === named)
  if (built) return built[1]
  let value: unknown
  try {
    value = JSON.parse(await readFile(named, 'utf8'))
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new AppError('body.invalid-json', { message: 'the label map is not JSON' })
  }
  if (!isLabelMap(value)) {
    const message = 'a label map is {"LABEL": {"class", "role", "stays"} or null}, with classes of docs/deid.md'
    throw new AppError('body.invalid', { message })
  }
  return value
}

function isLabelMap(value: unknown): value is LabelMap {
  return typeof value === 'object' && value !== null && Object.values(value).every(isMapped)
}

function isMapped(value: unknown): boolean {
  if (value === null) return true
  if (typeof value !== 'object') return false
  const { class: phiClass, role, stays } = value as Readonly<Record<string, unknown>>
  return typeof phiClass === 'string' && Object.hasOwn(LABEL_MAPS.own, phiClass) && ROLES.has(role) && RULES.has(stays)
}
