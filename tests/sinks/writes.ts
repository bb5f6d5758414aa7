/** What processes wrote to regular files, by path, out of a trace with hexadecimal strings. */
export function readWrites(trace: string): ReadonlyMap<string, Buffer> {
  const parts = new Map<string, Buffer[]>()
  for (const line of trace.split('\n')) {
    const [, shown = '', rest = ''] = /\bp?write(?:v2?|64)?\(\d+<([^>]*)>, (.*)$/.exec(line) ?? []
    const path = decode(shown).toString()
    // Sockets, pipes and terminals are no files; what left by them is looked for elsewhere.
    if (!path.startsWith('/') || path.startsWith('/dev/')) continue
    const bytes = Array.from(rest.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g), ([, text = '']) => decode(text))
    parts.set(path, [...(parts.get(path) ?? []), ...bytes])
  }
  return new Map(Array.from(parts, ([path, bytes]) => [path, Buffer.concat(bytes)]))
}

function decode(shown: string): Buffer {
  return shown.includes('\\x') ? Buffer.from(shown.replaceAll('\\x', ''), 'hex') : Buffer.from(shown)
}
