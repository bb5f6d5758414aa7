/** What to leave out of a JSON object and what to put first. */
interface MemberEdits {
  readonly without: ReadonlySet<string>
  /** Members to set, whatever the text says of them. */
  readonly with: Readonly<Record<string, unknown>>
}

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
    start = end + 1
  }
  for (let at = 0; at < text.length; at++) {
    switch (text.charAt(at)) {
      case '{':
      case '[':
        if (depth++ === 0) start = at + 1
        break
      case '}':
      case ']':
        if (--depth === 0) close(at)
        break
      case ',':
        if (depth === 1) close(at)
        break
      case '"': {
        const end = endOfString(text, at)
        if (depth === 1) name ??= String(JSON.parse(text.slice(at, end)))
        at = end - 1
      }
    }
  }
  return members
}

/** Behind the quote that ends the string that begins here. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end + 1
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text.charAt(at - 1 - slashes) === '\\') slashes++
  return slashes % 2 === 1
}
