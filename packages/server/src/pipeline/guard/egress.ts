/** Whether the arguments of a tool leave the house: nothing is put back into them. */
export type IsEgress = (tool: string | undefined) => boolean

/** Words of a tool's name that say that it sends what it is given. */
const SENDS = new Set(
  (
    'browse browser crawl curl download email fetch http https mail navigate notify ping post publish request scrape send ' +
    'share slack sms spider tweet upload url visit web webhook'
  ).split(' '),
)
/** Words that make a search one of the web; by itself a search is one too. */
const SEARCHES = new Set(['bing', 'brave', 'duckduckgo', 'engine', 'google', 'internet', 'online', 'serp', 'tavily'])
/** Parameters that tell a tool where to send. */
const ADDRESSES = new Set('bcc cc destination domain endpoint host hostname recipient uri url webhook'.split(' '))
const MAX_DEPTH = 16

/**
 * By what the request declares of its tools, in the words of any of the protocols: their names, the names and formats of
 * their parameters. `added` are names or beginnings of names (`send_*`) that the policy set or the caller withholds from as
 * well. What nobody declared is taken to send.
 */
export function createEgress(bodyText: string, added: readonly string[]): IsEgress {
  // Most answers call no tool.
  let tools: ReadonlyMap<string, unknown> | undefined
  const isAdded = (name: string): boolean =>
    added.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern))
  return (name) => {
    tools ??= readTools(bodyText)
    if (name === undefined || !tools.has(name) || isAdded(name)) return true
    return sendsByName(name) || takesAddress(tools.get(name), 0)
  }
}

/** Chat: `function`, or the old `functions`; Responses: flat; Messages: `input_schema`. */
function readTools(bodyText: string): ReadonlyMap<string, unknown> {
  const body = asRecord(JSON.parse(bodyText))
  const tools = new Map<string, unknown>()
  for (const entry of [...asList(body['tools']), ...asList(body['functions'])]) {
    const outer = asRecord(entry)
    const tool = 'function' in outer ? asRecord(outer['function']) : outer
    if (typeof tool['name'] !== 'string') continue
    tools.set(tool['name'], tool['parameters'] ?? tool['input_schema'] ?? asRecord(tool['custom'])['format'])
  }
  return tools
}

function sendsByName(name: string): boolean {
  const words = wordsOf(name)
  if (words.includes('search')) return words.length === 1 || words.some((word) => SENDS.has(word) || SEARCHES.has(word))
  return words.some((word) => SENDS.has(word))
}

function takesAddress(schema: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH) return true
  if (Array.isArray(schema)) return schema.some((part) => takesAddress(part, depth + 1))
  if (typeof schema !== 'object' || schema === null) return false
  const { format, properties } = asRecord(schema)
  if (format === 'uri' || format === 'url' || format === 'uri-reference' || format === 'hostname') return true
  if (Object.keys(asRecord(properties)).some(isAddressName)) return true
  return Object.values(schema).some((part) => takesAddress(part, depth + 1))
}

function isAddressName(name: string): boolean {
  return wordsOf(name).some((word) => ADDRESSES.has(word) || ADDRESSES.has(word.replace(/s$/, '')))
}

/** `sendEmail2` and `send_email`: send, email. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
