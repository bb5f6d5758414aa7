/** One way in which a value can lie in a file. */
export interface EncodedForm {
  readonly form: string
  readonly bytes: Buffer
}

/**
 * Every form in which a leak is looked for: as it is, inside JSON, a URL, a form, base64 at each of its three alignments, UTF-16
 * and hexadecimal. Forms that come out equal are given once.
 */
export function encodeForms(value: string): readonly EncodedForm[] {
  const utf8 = Buffer.from(value)
  const text = (form: string, encoded: string): EncodedForm => ({ form, bytes: Buffer.from(encoded) })
  const forms = [
    text('plain', value),
    text('JSON', JSON.stringify(value).slice(1, -1)),
    text('JSON, slashes escaped', JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/')),
    text(
      'JSON, ASCII only',
      escapeUnits(JSON.stringify(value).slice(1, -1), (unit) => unit > 126),
    ),
    text(
      'JSON, all escaped',
      escapeUnits(value, () => true),
    ),
    text('JSON, all escaped, upper case', escapeUnits(value, () => true).replaceAll(/[a-f]/g, upperCase)),
    text('percent', encodeURIComponent(value)),
    text('percent, lower case', encodeURIComponent(value).replaceAll(/%../g, lowerCase)),
    text('percent, path', encodeURI(value)),
    text('percent, all', hexOf(utf8).toUpperCase().replaceAll(/../g, '%$&')),
    text('percent, all, lower case', hexOf(utf8).replaceAll(/../g, '%$&')),
    text('form', new URLSearchParams({ v: value }).toString().slice(2)),
    text('hexadecimal', hexOf(utf8)),
    text('hexadecimal, upper case', hexOf(utf8).toUpperCase()),
    { form: 'UTF-16LE', bytes: Buffer.from(value, 'utf16le') },
    { form: 'UTF-16BE', bytes: Buffer.from(value, 'utf16le').swap16() },
    ...[0, 1, 2].flatMap((offset) => [
      text(`base64 at ${offset}`, alignedBase64(utf8, offset, 'base64')),
      text(`base64url at ${offset}`, alignedBase64(utf8, offset, 'base64url')),
    ]),
  ]
  const seen = new Set<string>()
  return forms.filter(({ bytes }) => {
    const key = bytes.toString('latin1')
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** The characters that stand for `bytes` alone when `offset` bytes lie before them and anything after them. */
function alignedBase64(bytes: Buffer, offset: number, encoding: 'base64' | 'base64url'): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString(encoding)
  return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
}

function escapeUnits(text: string, isEscaped: (unit: number) => boolean): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
  const escape = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`
  return units.map((unit) => (isEscaped(unit) ? escape(unit) : String.fromCharCode(unit))).join('')
}

function hexOf(bytes: Buffer): string {
  return bytes.toString('hex')
}

const upperCase = (text: string): string => text.toUpperCase()
const lowerCase = (text: string): string => text.toLowerCase()
