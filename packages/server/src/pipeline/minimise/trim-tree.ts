import { AppError } from '@breakwater/kernel'
import { splice } from '../walk/splice.ts'
import type { Edit } from '../walk/splice.ts'
import { memberOf, recognise } from './choose.ts'
import { stepInto } from './fields.ts'
import type { FieldTree } from './fields.ts'
import type { TextTree } from './forest.ts'
import type { JsonMember, JsonNode } from './parse-json.ts'
import { codeOfUnknown } from './rules.ts'
import type { RecordRule, TrimRules } from './rules.ts'
import { countField, countRecord } from './tally.ts'
import type { TrimTally } from './tally.ts'

export interface Trimming {
  readonly rules: TrimRules
  readonly chosen: ReadonlySet<JsonNode>
  readonly tally: TrimTally
  /** The place in the request, of declared names, for refusals. */
  readonly field: string
}

/**
 * How an object that no rule names is looked at: `content` came from somebody's data, `open` is permitted by a rule or
 * belongs to the protocol, so that only records inside it are. `records` is inside of an object that no rule names: what is
 * no record goes.
 */
type Mode = 'content' | 'open' | 'records'

const SEARCH_HELPERS: ReadonlySet<string> = new Set(['include', 'outcome'])

/** A text without what may not leave; everything else is spelled as it was. Throws `minimum.not-permitted`. */
export function trimText(tree: TextTree, mode: Mode, trimming: Trimming): string {
  const edits: Edit[] = []
  for (const value of tree.values) {
    if (!trimValue(value, mode, { ...trimming, tree, edits })) {
      edits.push({ start: value.start, end: value.end, replacement: 'null' })
    }
  }
  return splice(
    tree.text,
    edits.sort((a, b) => a.start - b.start),
  )
}

export interface Cut extends Trimming {
  readonly tree: TextTree
  readonly edits: Edit[]
}

/** False when nothing of it may leave; then nothing was edited in it. */
export function trimValue(node: JsonNode, mode: Mode, cut: Cut): boolean {
  switch (node.kind) {
    case 'word':
      return mode === 'records' ? leaveOut(cut) : true
    case 'string':
      return mode === 'records' ? leaveOut(cut) : trimString(node, mode, cut)
    case 'array': {
      if (keepParts(node.items, (item) => trimValue(item, mode, cut), cut)) return true
      // Of a list that was empty before, nothing was taken.
      return mode !== 'records' && node.items.length === 0
    }
    case 'object':
      return trimObject(node, mode, cut)
  }
}

/** A value beside records that no rule names. */
function leaveOut({ rules, field }: Cut): boolean {
  if (rules.otherObjects === 'refuse') throw notPermitted(field)
  return false
}

function trimString(node: JsonNode, mode: Mode, { tree, edits, ...trimming }: Cut): boolean {
  const inner = tree.inner.get(node)
  if (!inner) return true
  const text = trimText(inner, mode, trimming)
  if (text !== inner.text) edits.push({ start: node.start, end: node.end, replacement: JSON.stringify(text) })
  return true
}

function trimObject(node: JsonNode & { kind: 'object' }, mode: Mode, cut: Cut): boolean {
  const { rules, tally, chosen, field } = cut
  const known = recognise(rules, node)
  switch (known.kind) {
    case 'bundle':
      trimBundle(node, cut)
      return true
    case 'foreign':
      if (rules.otherResources === 'refuse') throw notPermitted(field)
      countRecord(tally, codeOfUnknown(known.type))
      return false
    case 'record':
      if (chosen.has(node) && trimRecord(node, known.rule, cut)) return true
      countRecord(tally, known.rule.code)
      return false
    case 'object':
      return mode === 'open' || rules.otherObjects === 'keep' ? trimOpen(node, cut) : trimOther(node, mode, cut)
  }
}

/** Only records inside it are looked at. */
function trimOpen(node: JsonNode & { kind: 'object' }, cut: Cut): boolean {
  return keepMembers(node, ({ value }) => trimValue(value, 'open', cut), cut) || node.members.length === 0
}

/** An object of somebody's data that the policy does not name: nothing of it but the records inside. */
function trimOther(node: JsonNode & { kind: 'object' }, mode: Mode, cut: Cut): boolean {
  const { rules, tally, field } = cut
  if (node.members.length === 0) return mode !== 'records'
  const holds = (value: JsonNode): boolean => holdsRecords(value, rules)
  const others = node.members.filter(({ value }) => !holds(value))
  if (others.length > 0 && rules.otherObjects === 'refuse') throw notPermitted(field)
  if (others.length === node.members.length) {
    countRecord(tally, 'object')
    return false
  }
  return keepMembers(
    node,
    ({ key, value }) => {
      if (holds(value)) return trimValue(value, 'records', cut)
      countField(tally, `object/${key}`)
      return false
    },
    cut,
  )
}

function holdsRecords(node: JsonNode, rules: TrimRules): boolean {
  if (node.kind === 'array') return node.items.some((item) => holdsRecords(item, rules))
  if (node.kind !== 'object') return false
  return recognise(rules, node).kind !== 'object' || node.members.some(({ value }) => holdsRecords(value, rules))
}

/** Its frame, and of its entries those that are left: what they are a page of, and how to get more, is not said. */
function trimBundle(node: JsonNode & { kind: 'object' }, cut: Cut): void {
  const { tally } = cut
  let matches = 0
  keepMembers(
    node,
    ({ key, value }) => {
      if (key === 'resourceType' || key === 'type' || key === 'total') return true
      if (key === 'entry' && value.kind === 'array') {
        return keepParts(
          value.items,
          (entry) => {
            const isKept = trimEntry(entry, cut)
            const mode = memberOf(memberOf(entry, 'search') ?? entry, 'mode')
            if (isKept && !(mode?.kind === 'string' && SEARCH_HELPERS.has(mode.value))) matches++
            return isKept
          },
          cut,
        )
      }
      countField(tally, `bundle/${key}`)
      return false
    },
    cut,
  )
  const total = memberOf(node, 'total')
  if (total?.kind !== 'word' || !(Number(total.value) > matches)) return
  cut.edits.push({ start: total.start, end: total.end, replacement: String(matches) })
}

function trimEntry(entry: JsonNode, cut: Cut): boolean {
  const resource = memberOf(entry, 'resource')
  if (entry.kind !== 'object' || !resource) return false
  const known = recognise(cut.rules, resource)
  const mayTellId = known.kind === 'record' && stepInto([known.rule.fields], 'id').some(({ isWhole }) => isWhole)
  const isKept = (value: JsonNode): boolean => trimValue(value, 'content', cut)
  // First the resource alone: an entry without one is gone, and nothing in it may have been edited.
  if (!isKept(resource)) return false
  keepMembers(
    entry,
    ({ key }) => {
      if (key === 'resource' || key === 'search' || (key === 'fullUrl' && mayTellId)) return true
      countField(cut.tally, `entry/${key}`)
      return false
    },
    cut,
  )
  return true
}

function trimRecord(node: JsonNode & { kind: 'object' }, rule: RecordRule, cut: Cut): boolean {
  return trimFields(node, [rule.fields], rule.code, cut)
}

/** False when it held something and none of it is left: an empty object says nothing, and FHIR has none. */
function trimFields(node: JsonNode, trees: readonly FieldTree[], path: string, cut: Cut): boolean {
  if (trees.some(({ isWhole }) => isWhole)) return trimValue(node, 'open', cut)
  if (node.kind === 'array') return keepParts(node.items, (item) => trimFields(item, trees, path, cut), cut)
  if (node.kind !== 'object') return false
  return keepMembers(
    node,
    ({ key, value }) => {
      const below = stepInto(trees, key)
      const place = `${path}/${key}`
      if (below.length > 0 && trimFields(value, below, place, cut)) return true
      countField(cut.tally, place)
      return false
    },
    cut,
  )
}

function keepMembers(node: JsonNode & { kind: 'object' }, isKept: (member: JsonMember) => boolean, cut: Cut): boolean {
  const parts = node.members.map((member) => ({ start: member.start, end: member.value.end, member }))
  return keepParts(parts, ({ member }) => isKept(member), cut)
}

/** Takes parts of a list with the commas that led to them. False when none is left; then nothing was edited. */
function keepParts<Part extends { readonly start: number; readonly end: number }>(
  parts: readonly Part[],
  isKept: (part: Part) => boolean,
  { edits }: Cut,
): boolean {
  const before = edits.length
  const kept = parts.map((part) => isKept(part))
  const [first] = parts
  const firstKept = kept.indexOf(true)
  if (!first || firstKept === -1) {
    edits.length = before
    return false
  }
  const opening = parts[firstKept]
  if (firstKept > 0 && opening) edits.push({ start: first.start, end: opening.start, replacement: '' })
  let lastKept = firstKept
  for (let index = firstKept + 1; index <= parts.length; index++) {
    if (index < parts.length && kept[index] !== true) continue
    const from = parts[lastKept]?.end ?? 0
    // A run of what goes ends at the next that stays, whose comma stays with it, or at the end.
    const until = parts[index - 1]?.end ?? 0
    if (until > from) edits.push({ start: from, end: until, replacement: '' })
    lastKept = index
  }
  return true
}

function notPermitted(field: string): AppError {
  const message = `${field === '' ? 'the text' : field}: holds records of a type that is not permitted for this role and purpose`
  return new AppError('minimum.not-permitted', { message, field })
}
