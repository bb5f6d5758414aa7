import type { MinimumRule, MinimumRules } from '@breakwater/contract'
import { DATE_ELEMENTS, KNOWN_TYPES } from './date-elements.ts'
import { lookBackMs } from './dates.ts'
import { plantFields } from './fields.ts'
import type { FieldTree } from './fields.ts'
import type { JsonNode } from './parse-json.ts'

/** A rule as it is applied today. */
export interface RecordRule {
  /** As the log names the type: `observation`, `record.lab-result`. */
  readonly code: string
  readonly fields: FieldTree
  readonly dates: FieldTree
  /** Nothing before this moment. */
  readonly fromMs: number | undefined
  readonly maxCount: number
}

export interface TrimRules {
  readonly otherResources: MinimumRules['otherResources']
  readonly otherObjects: MinimumRules['otherObjects']
  resource(type: string): RecordRule | undefined
  /** The first record whose members the object all has. */
  record(node: JsonNode): RecordRule | undefined
}

export function compileRules({ resources, records, otherResources, otherObjects }: MinimumRules, now: Date): TrimRules {
  const byType = new Map(
    Object.entries(resources).map(([type, rule]) => [
      type,
      compileRule(codeOfType(type), rule, DATE_ELEMENTS.get(type) ?? [], ['/resourceType'], now),
    ]),
  )
  const byMembers = records.map((rule) => ({
    members: rule.members,
    rule: compileRule(
      `record.${rule.name}`,
      rule,
      [],
      rule.members.map((name) => `/${name}`),
      now,
    ),
  }))
  return {
    otherResources,
    otherObjects,
    resource: (type) => byType.get(type),
    record(node) {
      if (node.kind !== 'object') return undefined
      const names = new Set(node.members.map(({ key }) => key))
      return byMembers.find(({ members }) => members.every((name) => names.has(name)))?.rule
    },
  }
}

/** A type as the log may name it: one that FHIR or a policy declares. */
function codeOfType(type: string): string {
  return type.toLowerCase().slice(0, 40)
}

export function codeOfUnknown(type: string): string {
  return KNOWN_TYPES.has(type) ? codeOfType(type) : 'other'
}

function compileRule(
  code: string,
  { fields, lookBackDays, dateFields, maxCount }: MinimumRule,
  usualDates: readonly string[],
  always: readonly string[],
  now: Date,
): RecordRule {
  const dates = dateFields ?? usualDates
  // What a record is kept by stays in it: read again, it is still the same record, and within the same time.
  const kept = lookBackDays === undefined ? always : [...always, ...dates]
  return {
    code,
    fields: plantFields([...fields, ...kept]),
    dates: plantFields(dates),
    fromMs: lookBackDays === undefined ? undefined : lookBackMs(now, lookBackDays),
    maxCount: maxCount ?? Infinity,
  }
}
