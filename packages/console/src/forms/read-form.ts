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
