/** A stretch of text that hides another text in an encoding. */
export interface EncodedRun {
  readonly start: number
  readonly end: number
  readonly decoded: string
}

// What stands before an escape belongs to the run, up to a bound: without one, a long text costs its square.
const PERCENT = /[\w.~+@-]{0,64}(?:%[0-9A-Fa-f]{2}[\w.~+@-]*)+/g
const ESCAPE = /[^\s"\\]{0,64}(?:\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})[^\s"\\]*)+/g
const ENTITY = /[^\s&;]{0,64}(?:&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos|nbsp);[^\s&;]*)+/g
const BASE64 = /[A-Za-z0-9+/_-]{8,}={0,2}/g
const NAMED_ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }
// What is left of a decoded text must read as text: base64 of anything else is a key, a hash, a long word.
const READABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\r\n\t]+$/u

/** Percent, JSON and HTML escapes and base64 that decode to readable text; sorted by kind, then place. */
export function findEncodedRuns(text: string): EncodedRun[] {
  const runs: EncodedRun[] = []
  if (text.includes('%')) collect(text, PERCENT, decodePercent, runs)
  if (text.includes('\\')) collect(text, ESCAPE, decodeEscapes, runs)
  if (text.includes('&')) collect(text, ENTITY, decodeEntities, runs)
  collect(text, BASE64, decodeBase64, runs)
  return runs
}

function collect(text: string, pattern: RegExp, decode: (run: string) => string | undefined, runs: EncodedRun[]): void {
  for (const { 0: run, index } of text.matchAll(pattern)) {
    const decoded = decode(run)
    if (decoded !== undefined && decoded !== run && READABLE.test(decoded)) {
      runs.push({ start: index, end: index + run.length, decoded })
    }
  }
}

function decodePercent(run: string): string | undefined {
  try {
    return decodeURIComponent(run.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

function decodeEscapes(run: string): string {
  return run.replace(/\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2}))/g, (_, unit: string, byte: string) =>
    String.fromCharCode(parseInt(unit ?? byte, 16)),
  )
}

function decodeEntities(run: string): string | undefined {
  return run.replace(/&(?:#(\d+)|#x([0-9A-Fa-f]+)|(\w+));/g, (whole, decimal: string, hex: string, name: string) => {
    if (name !== undefined) return NAMED_ENTITIES[name] ?? whole
    const point = decimal === undefined ? parseInt(hex, 16) : Number(decimal)
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
}

function decodeBase64(run: string): string | undefined {
  // A word in one case is a word; encoded text mixes cases or holds digits.
  if (!/[a-z]/.test(run) || !/[A-Z0-9]/.test(run.slice(1))) return undefined
  const bytes = Buffer.from(run, 'base64url')
  const decoded = bytes.toString('utf8')
  return decoded.includes('\ufffd') ? undefined : decoded
}
