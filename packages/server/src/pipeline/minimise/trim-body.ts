import type { MinimumRules } from '@breakwater/contract'
import { splice } from '../walk/splice.ts'
import type { Edit } from '../walk/splice.ts'
import { pointerOf } from '../walk/path.ts'
import type { ParsedBody } from '../parsed-body.ts'
import { chooseRecords, memberOf, recognise } from './choose.ts'
import { growText, growTree } from './forest.ts'
import { parseJsonAt } from './parse-json.ts'
import type { JsonNode } from './parse-json.ts'
import { compileRules } from './rules.ts'
import type { TrimTally } from './tally.ts'
import { trimText, trimValue } from './trim-tree.ts'
import type { Cut } from './trim-tree.ts'

/** What declares a tool or a format holds descriptions of records, and none. */
const DECLARATIONS: ReadonlySet<string> = new Set([
  'tools',
  'functions',
  'tool_choice',
  'response_format',
  'output_format',
  'output_config',
  'text',
  'metadata',
])
const TOOL_CALL = /(?:^|_)tool_use$/

/**
 * A request's body without what the rules do not let leave: records in its texts (whole, fenced, between words, as strings in
 * JSON), in arguments and results of tools, and resources that stand in it as they are. The rest is spelled as it was.
 * Throws `minimum.not-permitted`, `minimum.unreadable`.
 */
export function trimBody(
  { text, leaves }: Pick<ParsedBody, 'text' | 'leaves'>,
  policy: MinimumRules,
  now: Date,
  tally: TrimTally,
): string {
  const rules = compileRules(policy, now)
  const { node: root } = parseJsonAt(text, text.search(/\S/))
  if (!root) return text
  const places = new Map(leaves.map(({ start, path }) => [start, path]))
  const fieldOf = ({ start }: JsonNode): string => {
    const path = places.get(start)
    return path ? pointerOf(path) : ''
  }
  const tree = growTree(text, [root], fieldOf)
  const edits: Edit[] = []
  const common = { rules, chosen: chooseRecords(rules, [tree]), tally, tree, edits }

  function visit(node: JsonNode, isRoot: boolean): void {
    const cut: Cut = { ...common, field: fieldOf(node) }
    if (node.kind === 'string') trimValue(node, 'content', cut)
    if (node.kind === 'array') for (const item of node.items) visit(item, false)
    if (node.kind !== 'object') return
    if (memberOf(node, 'resourceType') && recognise(rules, node).kind !== 'object') return replace(node, cut)
    const type = memberOf(node, 'type')
    const isCall = type?.kind === 'string' && TOOL_CALL.test(type.value)
    for (const { key, value } of node.members) {
      if (isRoot && DECLARATIONS.has(key)) continue
      if (isCall && key === 'input') replace(value, cut)
      else visit(value, false)
    }
  }

  /** Where the protocol wants an object, one stays. */
  function replace(node: JsonNode, cut: Cut): void {
    if (!trimValue(node, 'content', cut)) edits.push({ start: node.start, end: node.end, replacement: '{}' })
  }

  visit(root, true)
  return splice(
    text,
    edits.sort((a, b) => a.start - b.start),
  )
}

/** The same of one text by itself, e.g. of a file: what a policy would leave of it. */
export function trimRecords(text: string, policy: MinimumRules, now: Date, tally: TrimTally): string {
  const rules = compileRules(policy, now)
  const tree = growText(text, '')
  return trimText(tree, 'content', { rules, chosen: chooseRecords(rules, [tree]), tally, field: '' })
}
