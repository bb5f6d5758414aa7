import { after, at, before, END, LINK, type Pattern, type Surroundings } from './pattern.ts'

const EXT = '(?:[ ,]{0,2}(?:ext|extension|x)\\.?[ :]?\\d{2,6})?'
const SEP = '[-. \\u00B7/]'
const PHONE_WORDS =
  'phone phones tel telephone cell mobile call called calling contact ph home work office pager beeper text texted number whatsapp reached reach callback desk landline messages line'.split(
    ' ',
  )

const UNITS = /^\s?(?:mg|mcg|ml|units?|iu|cells|\/|%|mm|kcal|cal|copies|steps|days|weeks|years)/i

function judgeBare(value: string, around: Surroundings): number {
  if (UNITS.test(after(around, 7)) || /[\d.,/$-]$/.test(before(around, 1)) || /^[/.-]\d/.test(after(around, 2)))
    return 0
  return /(?:phone|tel|cell|mobile|call|fax|pager|contact|number|reach|dial|text|at)\W{0,6}(?:\w{1,8}\W{1,3}){0,3}$/i.test(
    before(around, 36),
  )
    ? 0.9
    : value.length < 9
      ? 0.62
      : 0.75
}

function asFax(value: string, around: Surroundings): number {
  return /\bfax\b|facsimile/i.test(before(around, 24)) ? 0.95 : value === '' ? 0 : 0
}

/** An opening parenthesis belongs to a number only when the closing one follows the area code. */
const NANP = `(?:\\+?1${SEP}?)?(?:\\([2-9]\\d{2}\\)|[2-9]\\d{2}\\)?)${SEP}{0,2}\\d{3}${SEP}\\d{4}(?!\\d)${EXT}`

export const CONTACT_PATTERNS: readonly Pattern[] = [
  { id: 'fax', class: 'FAX', on: 'number', regex: at(`${NANP}${END}`), score: 0.95, judge: asFax },
  {
    id: 'fax.labelled',
    class: 'FAX',
    on: ['fax', 'facsimile', 'f'],
    regex: at(`(?:fax|facsimile|f(?=:))${LINK}(?<v>\\+?\\(?\\d[\\d() .\\-]{5,22}\\d)${END}`),
    score: 0.95,
  },
  {
    id: 'phone.nanp',
    class: 'PHONE',
    on: 'number',
    regex: at(`${NANP}${END}`),
    score: 0.85,
    judge: (_, around) => (/[\d.,/$-]$/.test(before(around, 1)) ? 0 : 0.85),
  },
  {
    id: 'phone.any-area',
    class: 'PHONE',
    on: 'number',
    regex: at(`(?:\\(\\d{3}\\)|\\d{3}\\)?)[-. ]{1,2}\\d{3}[-.]\\d{4}(?!\\d)${EXT}${END}`),
    score: 0.7,
  },
  {
    id: 'phone.local',
    class: 'PHONE',
    on: 'number',
    regex: at(`[2-9]\\d{2}[-.]\\d{4}(?!\\d)${EXT}${END}`),
    score: 0.5,
    judge: judgeBare,
  },
  {
    id: 'phone.international',
    class: 'PHONE',
    on: 'number',
    regex: at(`\\+?\\d{1,3}[ .-]?\\(?\\d{1,4}\\)?(?:[ .-]\\d{2,5}){2,5}(?!\\d)${END}`),
    score: 0.8,
    judge: (_, around) => (/\+\s?$/.test(before(around, 2)) ? 0.85 : 0),
  },
  {
    id: 'phone.grouped',
    class: 'PHONE',
    on: 'number',
    regex: at(`\\d{2,5}\\)?(?:[ .-](?:\\(0\\))?\\d{2,5}){1,5}(?!\\d)${EXT}${END}`),
    score: 0.7,
    judge: (value, around) => {
      const digits = value.replace(/\D/g, '').length
      if (digits < 7 || digits > 13 || /[\d.,/$-]$/.test(before(around, 1)) || UNITS.test(after(around, 7))) return 0
      if (/^\s?[-,\\]{0,3}\s?\(?(?:office|fax|mobile|cell|home|work|desk|phone|tel)\b/i.test(after(around, 12)))
        return 0.75
      return /(?:\b(?:call(?:ed|ing)?|reach(?:ed)?|phone|cell|mobile|tel|telephone|number|registered|answering|dial|text|contact)(?: (?:me|him|her|us|them|back|is|was|at|on|to|mobile|number|phone)){0,3}|\bmessages to|\bon)[ :#]{1,2}\+?\(?$/i.test(
        before(around, 40),
      ) && !/\bon[ :]{1,2}$/i.test(before(around, 4))
        ? 0.7
        : 0
    },
  },
  {
    id: 'phone.labelled',
    class: 'PHONE',
    on: PHONE_WORDS,
    regex: at(
      `(?:(?:tele)?phones?|tel|cell|mobile|call(?:ed|ing|back)?|contact|ph|home|work|office|desk|pager|beeper|text(?:ed)?|reach(?:ed)?|landline|messages to|number|whatsapp|line)(?: (?:phone|number|him|her|them|us|me|at|on|to|back|no|is|line|cell|mobile|direct)){0,4}\\.?${LINK}(?<v>\\+?\\(?\\d(?:[() .\\-/]{0,2}\\d){6,14}(?:[ ,]{1,2}(?:ext|x)\\.?[ :]?\\d{1,6})?)${END}`,
    ),
    score: 0.9,
    judge: (value) => (value.replace(/\D/g, '').length >= 7 && !/^(?:\d{1,2}[/-]){2}\d{2,4}$/.test(value) ? 0.9 : 0),
  },
  {
    id: 'phone.pager',
    class: 'PHONE',
    on: ['pager', 'beeper', 'page', 'ext', 'extension', 'vocera'],
    regex: at(`(?:pager|beeper|ext|extension|vocera|page(?: me| him| her)? at)\\.?${LINK}(?<v>\\d{3,7})${END}`),
    score: 0.85,
  },
  {
    id: 'phone.partial',
    class: 'PHONE',
    on: ['phone', 'number', 'cell', 'tel', 'telephone', 'mobile'],
    regex: at(
      `(?:phone|cell|tel|mobile|telephone)(?: number)? (?:ending|ends|that ends)(?: in| with)? (?<v>\\d{2,4})${END}`,
    ),
    score: 0.85,
  },
  {
    id: 'ip.v4',
    class: 'IP',
    on: 'number',
    regex: at(
      `(?:25[0-5]|2[0-4]\\d|1?\\d{1,2})(?:\\.(?:25[0-5]|2[0-4]\\d|1?\\d{1,2})){3}(?!\\.?\\d)(?:/\\d{1,2}|:\\d{1,5})?`,
    ),
    score: 0.9,
  },
]

/** Shapes found by characters that little else has: the regular expressions look to both sides of them. */
export interface Sign {
  readonly id: string
  readonly class: Pattern['class']
  readonly sign: string
  /** Sticky at the sign: its lookbehind captures what belongs to the shape, read from right to left. */
  readonly left: RegExp
  /** Sticky behind the sign. */
  readonly right: RegExp
  readonly score: number
}

/** What follows the veiled sign of an address: "mail dot example dot com", "example.org". */
const SPELT_DOMAIN =
  /[A-Za-z0-9-]{2,40}(?:(?: dot |\.)[A-Za-z0-9-]{2,40}){0,3}(?: dot |\.)(?:com|org|net|edu|gov|io|co|us|uk|me|info|health)\b/y

export const SIGNS: readonly Sign[] = [
  {
    id: 'email',
    class: 'EMAIL',
    sign: '@',
    left: /(?<=([\p{L}\p{N}._%+-]{1,64}))/uy,
    right: /(?:[\p{L}\p{N}-]{1,63}\.){1,6}[\p{L}]{2,24}/uy,
    score: 0.98,
  },
  {
    id: 'email.spaced',
    class: 'EMAIL',
    sign: ' at ',
    left: /(?<=([A-Za-z0-9]{1,40}(?:(?: dot |[._])[A-Za-z0-9]{1,40}){0,3}))/y,
    right: SPELT_DOMAIN,
    score: 0.9,
  },
  ...['[at]', '(at)', ' [at] ', ' (at) ', ' @ '].map(
    (sign): Sign => ({
      id: 'email.veiled',
      class: 'EMAIL',
      sign,
      left: /(?<=([\p{L}\p{N}._%+-]{1,64}))/uy,
      right: SPELT_DOMAIN,
      score: 0.9,
    }),
  ),
  ...['jpg', 'jpeg', 'png', 'heic', 'gif', 'tif', 'tiff', 'bmp', 'webp'].flatMap((type) =>
    [`.${type}`, `.${type.toUpperCase()}`].map(
      (sign): Sign => ({
        id: 'photo.file',
        class: 'PHOTO',
        sign,
        left: /(?<=([\w-]{1,80}))/y,
        right: /(?![A-Za-z0-9])/y,
        score: 0.85,
      }),
    ),
  ),
  ...['.wsq', '.WSQ', '.iso', '.ISO'].map(
    (sign): Sign => ({
      id: 'biometric.file',
      class: 'BIOMETRIC',
      sign,
      left: /(?<=([\w-]{0,60}\d[\w-]{0,60}))/y,
      right: /(?![A-Za-z0-9])/y,
      score: 0.8,
    }),
  ),
  {
    id: 'username.domain',
    class: 'USERNAME',
    sign: '\\',
    left: /(?<=(?<![\w\\:/.])([A-Z][A-Z0-9-]{1,14}))/y,
    right: /[a-z][\w.-]{1,30}(?![\w\\])/y,
    score: 0.8,
  },
  {
    id: 'username.handle',
    class: 'USERNAME',
    sign: '@',
    left: /(?<=^|[\s("':=])/y,
    right: /[A-Za-z][\w.]{2,30}/y,
    score: 0.7,
  },
  {
    id: 'url',
    class: 'URL',
    sign: '://',
    left: /(?<=(\b[a-z][a-z0-9+.-]{1,12}))/iy,
    right: /[^\s<>"'`]{0,2000}[^\s<>"'`.,;:!?)\]}]/y,
    score: 0.98,
  },
  {
    id: 'url.www',
    class: 'URL',
    sign: 'www.',
    left: /(?<=^|[\s("'<:=])/y,
    right: /[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}(?:\/[^\s<>"'`]{0,500})?/y,
    score: 0.95,
  },
  {
    id: 'url.domain',
    class: 'URL',
    sign: '.com',
    left: /(?<=((?:[A-Za-z0-9-]{1,63}\.){0,4}[A-Za-z0-9-]{1,63}))/y,
    right: /(?:\.[a-z]{2})?(?![A-Za-z0-9-])(?:\/[^\s<>"'`]{0,500}[^\s<>"'`.,;:!?)\]}])?/y,
    score: 0.8,
  },
  {
    id: 'url.domain',
    class: 'URL',
    sign: '.org',
    left: /(?<=((?:[A-Za-z0-9-]{1,63}\.){0,4}[A-Za-z0-9-]{1,63}))/y,
    right: /(?![A-Za-z0-9-])(?:\/[^\s<>"'`]{0,500}[^\s<>"'`.,;:!?)\]}])?/y,
    score: 0.8,
  },
  {
    id: 'licence.machine-readable',
    class: 'LICENCE',
    sign: '<<',
    left: /(?<=([A-Z0-9<][A-Z0-9<\n]{0,99})?)/y,
    right: /[A-Z0-9<\n]{1,100}/y,
    score: 0.9,
  },
]
