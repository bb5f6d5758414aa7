import { WORDS } from '../lexicon/words.ts'
import { TWO_WORD_REGIONS } from '../lexicon/regions.ts'
import { at, type Pattern } from './pattern.ts'

const LETTER = 'A-Za-z\\u00c0-\\uffff'
/** A word of a street or place, in any script; the small ones of several languages go in lower case. */
const SMALL =
  "(?:de|du|des|del|della|di|da|das|do|dos|la|le|les|las|los|el|van|der|den|von|und|e|y|of|the|rue|rua|via|calle|ul|u|gate|vei|strasse|ulice|utca|ter|nad|in|and|l'|d')"
const CAPITAL_WORD = `[A-Z\\u00c0-\\uffff][${LETTER}0-9'.-]{0,24}`
const STREET_PART = `(?:${CAPITAL_WORD}|\\d{1,5}(?:st|nd|rd|th)?|${SMALL}\\.?)(?![${LETTER}0-9])`
/** Between the lines of an address: a comma, or the end of a line with what quotes it. */
const LINE = '(?:\\s{0,2},\\s{0,2}|\\s?\\n[>|\\s]{0,6},?\\s{0,2})'
const STREET = `\\d{1,6}[A-Za-z]?,?(?: ${STREET_PART}){1,8}\\.?`
const UNIT = `(?:${LINE}|\\s)(?:[Aa]pt|APT|[Aa]partment|APARTMENT|[Ss]uite|SUITE|[Ss]te|STE|[Ff]lat|FLAT)(?:\\.?\\s{0,2}#?\\d[A-Za-z0-9-]{0,5}|(?:\\.\\s{0,2}|\\s{1,2})#?[A-Z](?:-?\\d{1,4})?)(?![A-Za-z0-9])`
const PLACE = `${CAPITAL_WORD}(?: (?:${CAPITAL_WORD}|${SMALL}(?= ))){0,4}`
const REGION = `(?:(?:${LINE}|\\s)[A-Z]{2,3}(?![${LETTER}]))`
const COUNTRY = [...TWO_WORD_REGIONS, ...WORDS.country.split(' ')].map(inAnyCase).join('|')
const CODE = '\\d{5}(?:-\\d{4})?(?!\\d)'
/** A place that a country or a five-digit code makes certain. */
const TAIL = `${LINE}${PLACE}${REGION}?(?:(?:${LINE}|\\s)(?:${COUNTRY})(?![${LETTER}])(?:\\s{1,2}\\d{4,6}(?!\\d))?|[\\s,]{1,4}${CODE})`

function inAnyCase(name: string): string {
  const title = name.replace(/(?:^| )[a-z]/g, (first) => first.toUpperCase())
  return `${title}|${name.toUpperCase()}`
}

/** A street has a word in its name, which no list of codes has. */
const NAMED = /^\d+[A-Za-z]?,? [^\n,]*[A-Za-z\u00c0-\uffff]{4}/
/** An age or the end of a dose before a place: "67, Boston, MA 02139", "93, of Salem, MA 01970", "20 in Salem". */
const BESIDE_PLACE = /^\d{1,3}(?:,? (?:of|in|from|and) |,\s(?!\d)[^,\n]+,\s?[A-Z]{2}\s{1,2}\d{5}(?:-\d{4})?$)/
const CODES = /\b(?:CPT|HCPCS|ICD|LOINC|SNOMED|NDC|DRG|RXNORM|RxNorm|DSM|PMID)\b/

/** Whole addresses: street, unit, place, region, country and code, over lines or commas. */
export const ADDRESS_BLOCK_PATTERNS: readonly Pattern[] = [
  {
    id: 'street.block-with-unit',
    class: 'STREET',
    on: 'number',
    regex: at(`${STREET}${UNIT}(?:${TAIL})?`, ''),
    score: 0.9,
  },
  {
    id: 'street.block',
    class: 'STREET',
    on: 'number',
    regex: at(`${STREET}${TAIL}`, ''),
    score: 0.85,
    judge: (value) => (NAMED.test(value) && !CODES.test(value) && !BESIDE_PLACE.test(value) ? 0.85 : 0),
  },
  {
    id: 'street.military',
    class: 'STREET',
    on: ['uss', 'usns', 'uscgc', 'usnv', 'fpo', 'apo', 'dpo', 'unit', 'psc', 'cmr'],
    regex: at(
      `(?:(?:uss|usns|uscgc|usnv) [${LETTER}'-]{1,24}(?: [${LETTER}'-]{1,24})?[,\\s]{1,3}|(?:unit|psc|cmr) \\d{1,6},? box \\d{1,6}[,\\s]{1,3})?[fad]po,? a[aep],? \\d{5}(?:-\\d{4})?`,
    ),
    score: 0.9,
  },
  {
    id: 'street.corner',
    class: 'STREET',
    on: ['the', 'corner', 'intersection'],
    regex: at(
      `(?:[Tt]he )?(?:corner|intersection) of (?:\\d{1,5} )?${STREET_PART}(?: ${STREET_PART}){0,6} and (?:${CAPITAL_WORD}|\\d{1,4}(?:st|nd|rd|th)?)(?: ${STREET_PART}){0,5}`,
      '',
    ),
    score: 0.85,
  },
]
