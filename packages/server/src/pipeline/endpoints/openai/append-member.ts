/** The text of a JSON object that is not empty and has no member of this name, with one more. All of it stays as it was. */
export function appendMember(object: string, name: string, value: string | boolean): string {
  const end = object.lastIndexOf('}')
  return `${object.slice(0, end)},${JSON.stringify(name)}:${JSON.stringify(value)}${object.slice(end)}`
}
