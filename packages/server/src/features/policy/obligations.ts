import type { PhiClass } from '@breakwater/deid'

/** What a permission is bound to, as the policies that gave it say in `@obligation("..")`. */
export interface Obligations {
  /** Classes of identifiers that stay masked. */
  readonly mask: readonly string[]
  /** Tools that send on what they are given, by name or by its beginning (`send_*`): nothing is put back into their arguments. */
  readonly egressTools: readonly string[]
  /** What goes to a model begins with the house's rules on identifiers. */
  readonly hasPreamble: boolean
  /** Nothing may be changed by what is read under it. */
  readonly isReadOnly: boolean
  /** `full`: the ledger's entry names the deciding policies. */
  readonly audit: 'standard' | 'full'
  /** At most so many records at once. */
  readonly maxRecords?: number
  /** Nothing older than so many days. */
  readonly lookBackDays?: number
}

export const NO_OBLIGATIONS: Obligations = {
  mask: [],
  egressTools: [],
  hasPreamble: false,
  isReadOnly: false,
  audit: 'standard',
}

const CLASSES: Readonly<Record<PhiClass | 'LITERAL', true>> = {
  NAME: true,
  INITIALS: true,
  STREET: true,
  CITY: true,
  COUNTY: true,
  STATE: true,
  COUNTRY: true,
  ZIP: true,
  GEO: true,
  FACILITY: true,
  DATE: true,
  TIME: true,
  DATE_PART: true,
  YEAR: true,
  AGE: true,
  PHONE: true,
  FAX: true,
  EMAIL: true,
  SSN: true,
  MRN: true,
  PLAN_ID: true,
  ACCOUNT: true,
  LICENCE: true,
  VEHICLE: true,
  DEVICE: true,
  URL: true,
  IP: true,
  BIOMETRIC: true,
  PHOTO: true,
  OTHER_ID: true,
  USERNAME: true,
  CHARACTERISTIC: true,
  EMPLOYER: true,
  LITERAL: true,
}

const TOOL = /^[A-Za-z0-9_.-]{1,64}\*?$/

type Reader = (argument: string) => Partial<Obligations> | undefined

const count = (argument: string): number | undefined => (/^[1-9]\d{0,6}$/.test(argument) ? Number(argument) : undefined)

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['mask', (name) => (Object.hasOwn(CLASSES, name) ? { mask: [name] } : undefined)],
  ['egress-tool', (name) => (TOOL.test(name) ? { egressTools: [name] } : undefined)],
  ['preamble', (argument) => (argument === '' ? { hasPreamble: true } : undefined)],
  ['read-only', (argument) => (argument === '' ? { isReadOnly: true } : undefined)],
  ['audit', (level) => (level === 'full' || level === 'standard' ? { audit: level } : undefined)],
  ['max-records', (argument) => wrap('maxRecords', count(argument))],
  ['look-back-days', (argument) => wrap('lookBackDays', count(argument))],
])

function wrap(name: 'maxRecords' | 'lookBackDays', value: number | undefined): Partial<Obligations> | undefined {
  return value === undefined ? undefined : { [name]: value }
}

/** Reads `mask:SSN, max-records:100`. Undefined when any part is not known: a rule that cannot be kept is no rule. */
export function readObligations(text: string): Obligations | undefined {
  let all = NO_OBLIGATIONS
  for (const part of text.split(',').map((word) => word.trim())) {
    const [, name = '', argument = ''] = /^([a-z-]+)(?::(.+))?$/.exec(part) ?? []
    const read = READERS.get(name)?.(argument)
    if (!read) return undefined
    all = joinObligations([all, { ...NO_OBLIGATIONS, ...read }])
  }
  return all
}

/** All of them at once: whatever is narrower holds. */
export function joinObligations(list: readonly Obligations[]): Obligations {
  const [first = NO_OBLIGATIONS] = list
  if (list.length <= 1) return first
  const maxRecords = smallest(list.map((each) => each.maxRecords))
  const lookBackDays = smallest(list.map((each) => each.lookBackDays))
  return {
    mask: [...new Set(list.flatMap(({ mask }) => mask))].sort(),
    egressTools: [...new Set(list.flatMap(({ egressTools }) => egressTools))].sort(),
    hasPreamble: list.some(({ hasPreamble }) => hasPreamble),
    isReadOnly: list.some(({ isReadOnly }) => isReadOnly),
    audit: list.some(({ audit }) => audit === 'full') ? 'full' : 'standard',
    ...(maxRecords !== undefined && { maxRecords }),
    ...(lookBackDays !== undefined && { lookBackDays }),
  }
}

function smallest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length > 0 ? Math.min(...known) : undefined
}

/** As text, the way a policy would say it; sorted. */
export function listObligations({
  mask,
  egressTools,
  hasPreamble,
  isReadOnly,
  audit,
  maxRecords,
  lookBackDays,
}: Obligations): string[] {
  return [
    ...mask.map((name) => `mask:${name}`),
    ...egressTools.map((name) => `egress-tool:${name}`),
    ...(hasPreamble ? ['preamble'] : []),
    ...(isReadOnly ? ['read-only'] : []),
    ...(audit === 'full' ? ['audit:full'] : []),
    ...(maxRecords === undefined ? [] : [`max-records:${maxRecords}`]),
    ...(lookBackDays === undefined ? [] : [`look-back-days:${lookBackDays}`]),
  ].sort()
}
