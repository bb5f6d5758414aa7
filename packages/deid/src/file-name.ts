import type { DetectOptions, TextEngine } from './types.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** As long as record numbers and compact dates are. */
const LONG_NUMBER = /\d{6,}/
/** The endings that programs look at: `.dcm`, `.nii.gz`. */
const EXTENSIONS = /(?:\.(?:nii|tar|csv|json|ndjson|txt|xml|dcm|sql|log|hl7))?\.[A-Za-z][A-Za-z0-9]{0,7}$/i
const LONG_ENDING = 4
const DIGITS = 6

/** Whether a name, of a file, a folder, an archive's member or a document, seems to hold somebody's identifier. */
export function isIdentifyingName(
  engine: Pick<TextEngine, 'plan'>,
  name: string,
  options: DetectOptions = {},
): boolean {
  if (UUID.test(name)) return false
  if (LONG_NUMBER.test(name)) return true
  // "smithJohn_1950-01-01": as words of a sentence, each with a capital.
  const words = name
    .replace(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/gu, ' ')
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
  return [name, words.join(' ')].some((way) => engine.plan([way], 'safe-harbor', options).flat().length > 0)
}

/**
 * The name under which a file, or an archive's member, may go out: each part of its path that seems to hold an identifier
 * becomes `document-000001`, with its endings. `number` is the caller's count, so that names stay apart; which name
 * was whose is the caller's to keep, in a vault or not at all (45 CFR 164.514(b)(2)(i)(A), (R)).
 */
export function deidentifyFileName(
  engine: Pick<TextEngine, 'plan'>,
  path: string,
  number: number,
  options: DetectOptions = {},
): { readonly path: string; readonly isChanged: boolean } {
  const parts = path.split(/([/\\])/)
  const renamed = parts.map((part) => {
    if (part === '' || part === '.' || part === '..' || /^[/\\]$/.test(part)) return part
    const endings = EXTENSIONS.exec(part)?.[0] ?? ''
    const stem = part.slice(0, part.length - endings.length)
    // A long ending may be a name: "note.smith".
    const isNamed =
      endings.lastIndexOf('.') === 0 &&
      endings.length > LONG_ENDING + 1 &&
      isIdentifyingName(engine, endings.slice(1), options)
    if (!isNamed && !isIdentifyingName(engine, stem, options)) return part
    return `document-${String(number).padStart(DIGITS, '0')}${isNamed ? '' : endings}`
  })
  const result = renamed.join('')
  return { path: result, isChanged: result !== path }
}
