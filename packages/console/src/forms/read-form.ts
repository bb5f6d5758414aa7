/** What was typed into a field; an empty text for one that is not there. */
export function readText(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value.trim() : ''
}

/** What was chosen of a list; undefined for nothing. */
export function readChoice<Value extends string>(
  form: FormData,
  name: string,
  values: readonly Value[],
): Value | undefined {
  const chosen = readText(form, name)
  return values.find((value) => value === chosen)
}

/** What was typed as a list, with commas or blanks between. */
export function readList(form: FormData, name: string): string[] {
  return readText(form, name)
    .split(/[\s,]+/)
    .filter((item) => item !== '')
}

/** What was chosen of several boxes of one name. */
export function readChoices<Value extends string>(form: FormData, name: string, values: readonly Value[]): Value[] {
  const chosen = form.getAll(name)
  return values.filter((value) => chosen.includes(value))
}

/** What was typed as `name=value`, one a line. */
export function readPairs(form: FormData, name: string): Record<string, string> {
  const lines = readText(form, name).split('\n')
  return Object.fromEntries(
    lines.flatMap((line) => {
      const at = line.indexOf('=')
      return at < 1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]]
    }),
  )
}

/** The same, to be typed on. */
export function writePairs(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')
}

/** A number that was typed; undefined for nothing. */
export function readNumber(form: FormData, name: string): number | undefined {
  const text = readText(form, name)
  return text === '' ? undefined : Number(text)
}
