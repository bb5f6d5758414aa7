import { AppError } from '@breakwater/kernel'
import { findJson } from './parse-json.ts'
import type { JsonNode } from './parse-json.ts'

/** A text, the JSON in it, and the texts inside that. */
export interface TextTree {
  readonly text: string
  readonly values: readonly JsonNode[]
  /** By the string that holds them. */
  readonly inner: ReadonlyMap<JsonNode, TextTree>
}

/** JSON as a string, in JSON as a string, ...: deeper than any client writes. */
const MAX_LEVELS = 4

// A member of a resource that no JSON around it closes: cut off, or written as a program prints it. And FHIR's and HL7's
// other forms.
const UNREAD =
  /["']resourceType\\?["']\s*:\s*\\?["']\w+\\?["']\s*,\s*\\?["']\w|,\s*\\?["']resourceType\\?["']\s*:\s*\\?["']\w|xmlns="http:\/\/hl7\.org\/fhir"|^MSH\|\^~\\&/m

/** Throws `minimum.unreadable` for what holds records that cannot be told apart from their text. */
export function growText(text: string, field: string, level = 0): TextTree {
  const values = findJson(text)
  if (!values || hidesRecords(text, values)) throw unreadable(field)
  return growTree(text, values, () => field, level)
}

/** The same of JSON that was found already; `fieldOf` names the places of its strings. */
export function growTree(
  text: string,
  values: readonly JsonNode[],
  fieldOf: (node: JsonNode) => string,
  level = -1,
): TextTree {
  const inner = new Map<JsonNode, TextTree>()
  const visit = (node: JsonNode): void => {
    if (node.kind === 'object') for (const { value } of node.members) visit(value)
    else if (node.kind === 'array') node.items.forEach(visit)
    else if (node.kind === 'string' && node.value.length > 1) {
      if (level === MAX_LEVELS) {
        if (hidesRecords(node.value, [])) throw unreadable(fieldOf(node))
        return
      }
      const tree = growText(node.value, fieldOf(node), level + 1)
      if (tree.values.length > 0) inner.set(node, tree)
    }
  }
  values.forEach(visit)
  return { text, values, inner }
}

function hidesRecords(text: string, values: readonly JsonNode[]): boolean {
  if (!UNREAD.test(text)) return false
  let rest = ''
  let at = 0
  for (const { start, end } of values) {
    rest += `${text.slice(at, start)}\n`
    at = end
  }
  return UNREAD.test(rest + text.slice(at))
}

function unreadable(field: string): AppError {
  const message = `${field === '' ? 'the text' : field}: holds records that cannot be read as JSON, so nothing of them can be left out`
  return new AppError('minimum.unreadable', { message, field })
}
