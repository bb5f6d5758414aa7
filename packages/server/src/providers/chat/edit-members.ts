/** What to leave out of a JSON object and what to put first. */
interface MemberEdits {
  readonly without: ReadonlySet<string>
  /** Members to set, whatever the text says of them. */
  readonly with: Readonly<Record<string, unknown>>
}

// A string, or one of the characters that nest or divide.
const MARK = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs

/**
 * Edits the outermost members of a JSON object and leaves every other byte as it is: signed blocks must arrive as they
 * left. The text has been parsed before.
 */
export function editMembers(text: string, { without, with: added }: MemberEdits): string {
  const kept = splitMembers(text).filter(({ name }) => !without.has(name) && !Object.hasOwn(added, name))
  const members = Object.entries(added).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return `{${[...members, ...kept.map((member) => member.text)].join(',')}}`
}

function splitMembers(text: string): { name: string; text: string }[] {
  const members: { name: string; text: string }[] = []
  let depth = 0
  let start = 0
  let name: string | undefined
  const close = (end: number): void => {
    if (name !== undefined) members.push({ name, text: text.slice(start, end).trim() })
    name = undefined
  }
  for (const { 0: mark, index } of text.matchAll(MARK)) {
    if (mark === '{' || mark === '[') {
      depth++
      if (depth === 1) start = index + 1
    } else if (mark === '}' || mark === ']') {
      if (depth === 1) close(index)
      depth--
    } else if (mark === ',' && depth === 1) {
      close(index)
      start = index + 1
    } else if (mark.startsWith('"') && depth === 1) {
      name ??= String(JSON.parse(mark))
    }
  }
  return members
}
