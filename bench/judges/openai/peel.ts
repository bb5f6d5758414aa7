/** Where a feature stands in a request, for those that the suite uses and an agreement must name. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  'hosted-tool.web-search': ['/web_search_options'],
  'user-location': ['/web_search_options/user_location'],
  'prompt-cache.24h': ['/prompt_cache_retention'],
}

export interface Refusal {
  readonly code: string
  readonly param: string
  readonly message: string
}

/** The body without what was refused; undefined when there is nothing to take out. */
export function peel(body: string, { code, param, message }: Refusal): string | undefined {
  if (body === '') return undefined
  const parsed: unknown = JSON.parse(body)
  const features =
    /covers: (.+)$/
      .exec(message)?.[1]
      ?.split(', ')
      .map((each) => each.replace('feature ', '')) ?? []
  const places =
    code === 'agreement.none-in-force' ? features.flatMap((name) => PLACES[name] ?? []) : param === '' ? [] : [param]
  const taken = places.map((place) => takeOut(parsed, place))
  return taken.some(Boolean) ? JSON.stringify(parsed) : undefined
}

/**
 * Takes out the member that a JSON pointer names; of an element of a list the list, of a `type` what holds it. What holds a
 * name of the caller's (`*`) is left empty: it may be required. False: there is nothing to take out.
 */
function takeOut(root: unknown, pointer: string): boolean {
  const keys = pointer.split('/').slice(1)
  const isEmptied = keys.at(-1) === '*'
  if (isEmptied) keys.pop()
  while (keys.length > 1 && /^(type|\d+)$/.test(keys.at(-1) ?? '')) keys.pop()
  const last = keys.pop()
  const parent = keys.reduce<unknown>((value, key) => Object(value)[key], root)
  if (last === undefined || typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, last)) return false
  return isEmptied ? Reflect.set(parent, last, {}) : Reflect.deleteProperty(parent, last)
}
