import { readDateMs } from './dates.ts'
import { stepInto } from './fields.ts'
import type { FieldTree } from './fields.ts'
import type { TextTree } from './forest.ts'
import type { JsonNode } from './parse-json.ts'
import type { RecordRule, TrimRules } from './rules.ts'

/** What an object of JSON is to the rules. */
export type Known =
  | { readonly kind: 'bundle' }
  | { readonly kind: 'record'; readonly rule: RecordRule }
  /** A resource of a type that the policy does not name. */
  | { readonly kind: 'foreign'; readonly type: string }
  | { readonly kind: 'object' }

export function recognise(rules: TrimRules, node: JsonNode): Known {
  const type = typeOf(node)
  if (type === 'Bundle') return { kind: 'bundle' }
  const rule = type === undefined ? rules.record(node) : rules.resource(type)
  if (rule) return { kind: 'record', rule }
  return type === undefined ? { kind: 'object' } : { kind: 'foreign', type }
}

export function memberOf(node: JsonNode, key: string): JsonNode | undefined {
  return node.kind === 'object' ? node.members.find((member) => member.key === key)?.value : undefined
}

function typeOf(node: JsonNode): string | undefined {
  const type = memberOf(node, 'resourceType')
  return type?.kind === 'string' ? type.value : undefined
}

interface Dated {
  readonly node: JsonNode
  readonly dateMs: number | undefined
}

/** Records that may leave: within the time, and the newest of as many as may. Looks at the request as a whole. */
export function chooseRecords(rules: TrimRules, trees: readonly TextTree[]): ReadonlySet<JsonNode> {
  const found = new Map<RecordRule, Dated[]>()

  function visit(node: JsonNode, tree: TextTree): void {
    if (node.kind === 'array') for (const item of node.items) visit(item, tree)
    const inner = tree.inner.get(node)
    if (inner) for (const value of inner.values) visit(value, inner)
    if (node.kind !== 'object') return
    const known = recognise(rules, node)
    if (known.kind === 'record') {
      const dates = listDates(node, [known.rule.dates])
      const dateMs = dates.length > 0 ? Math.max(...dates) : undefined
      const records = found.get(known.rule) ?? []
      records.push({ node, dateMs })
      found.set(known.rule, records)
    }
    for (const { value } of node.members) visit(value, tree)
  }

  for (const tree of trees) for (const value of tree.values) visit(value, tree)
  return new Set([...found].flatMap(([rule, records]) => chooseOf(rule, records)))
}

function chooseOf({ fromMs, maxCount }: RecordRule, records: readonly Dated[]): JsonNode[] {
  const within = records.filter(({ dateMs }) => fromMs === undefined || (dateMs !== undefined && dateMs >= fromMs))
  if (within.length <= maxCount) return within.map(({ node }) => node)
  const newest = within.toSorted((a, b) => (b.dateMs ?? -Infinity) - (a.dateMs ?? -Infinity))
  return newest.slice(0, maxCount).map(({ node }) => node)
}

function listDates(node: JsonNode, trees: readonly FieldTree[]): number[] {
  if (node.kind === 'array') return node.items.flatMap((item) => listDates(item, trees))
  if (node.kind === 'string') {
    const dateMs = trees.some(({ isWhole }) => isWhole) ? readDateMs(node.value) : undefined
    return dateMs === undefined ? [] : [dateMs]
  }
  if (node.kind !== 'object') return []
  return node.members.flatMap(({ key, value }) => {
    const below = stepInto(trees, key)
    return below.length > 0 ? listDates(value, below) : []
  })
}
