import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MONTHS, WEEKDAYS } from './dates.ts'
import { quoteTemplate } from './grammar.ts'
import { readWordSections } from './lists.ts'

/** Words that may stand in a carrier: everything else could be a name that nobody labelled, so its line goes. */
export interface CarrierWords {
  readonly isSafe: (word: string) => boolean
  readonly isName: (word: string) => boolean
}

const WORDS = readWordSections('words.txt')
/** Names of ours that are common words as well: they alone make no line a suspect. */
const KEPT_NAMES = new Set(
  `will may mark hope grace joy faith long page day hand foot head bone pain early best short small
  little case way root art field young white brown black green gray cook price ward love rich sharp
  strong major chance king gene pat rod dale ray crystal star skip chip hunter fish hurt house church
  street wall hall cross stone wells lane power might comfort man son so do an in he no you say lo ok
  go see tan low ill peace quick bright light water waters winter summer friend reader driver walker
  ash cliff sandy bill bills cost sales cash chase grant drew rob nick dean angel ace jet reed wade
  wolf royal sterling battle gold silver cotton bear bull lamb bass snow rain frost lake rivers marsh
  woods bush branch leaf beach temple castle gates pounds penny dancer player speaker singer rider
  swift graves fox hawk noble stern wise moody savage banks bishop chambers rooms min dan dung hang my
  van tam sang thin mai sun ping ting win kin gun won ken ren rice moon bang ban um pang tap ham lay
  fan song gee toy mercy patience blessing alpha queen precious constance sage rose violet olive
  ginger holly candy bliss honor april august june toe fall bah sow mean ram lame perfect sane per`.split(/\s+/),
)

/** Reads which words are common or medical (Philter's list without names), and which are names of ours. */
export function readCarrierWords(data: string): CarrierWords {
  const list = readFileSync(join(data, 'dictionaries/philter/whitelist_plus_fps_091718_nonames.json'), 'utf8')
  const safe = new Set(Object.keys(JSON.parse(list) as object))
  for (const key of ['drug', 'eponym', 'device', 'dx', 'lab', 'imaging', 'org', 'proc']) {
    for (const entry of WORDS.get(key) ?? []) for (const word of entry.toLowerCase().split(/[^a-z]+/)) safe.add(word)
  }
  const names = new Set<string>()
  for (const [key, entries] of readWordSections('names.txt')) {
    if (/\.(?:f|m|s)$/.test(key)) for (const name of entries) names.add(name.toLowerCase())
  }
  for (const key of ['cities', 'counties'])
    for (const place of readWordSections('places.txt').get(key) ?? []) names.add(place.toLowerCase())
  for (const key of ['states', 'countries']) for (const place of WORDS.get(key) ?? []) names.add(place.toLowerCase())
  for (const word of KEPT_NAMES) names.delete(word)
  return { isSafe: (word) => safe.has(word), isName: (word) => names.has(word) }
}

const MONTH = `(?:${MONTHS.join('|')})`
/** What stands for itself while the rest is quoted: a private sign before and behind. */
const OPEN = '\u{e000}'
const CLOSE = '\u{e001}'
const slot = (name: string): string => `${OPEN}${name}${CLOSE}`

const TYPED: readonly (readonly [RegExp, string])[] = [
  [/\b\d{1,2}\/\d{1,2}\/(?:\d{4}|\d{2})\b/g, slot('date.past')],
  [/\b(?:0?[1-9]|1[0-2])\/(?:19|20)\d\d\b/g, slot('date.past')],
  [new RegExp(`\\b${MONTH} \\d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\\d\\d\\b`, 'gi'), slot('date.past')],
  [new RegExp(`\\b${MONTH} ?(?:of )?,? ?(?:19|20)\\d\\d\\b`, 'gi'), slot('date.past')],
  [new RegExp(`\\b${MONTH} \\d{1,2}(?:st|nd|rd|th)?\\b`, 'gi'), slot('date.recent.part')],
  [/\b\d{1,2}:\d\d ?(?:[ap]\.?m\.?)/gi, slot('time')],
  [/\b\d{1,3}(?=[ -]years?[ -]old\b)/g, slot('age')],
  [/\b\d{1,3}(?= ?-?(?:y\/o|yo\b|y\.o\.|years? of age))/gi, slot('age')],
  [new RegExp(`\\b(?:${WEEKDAYS.join('|')})(?=s?\\b)`, 'gi'), slot('weekday')],
  [
    new RegExp(`\\b(?:${(WORDS.get('holidays') ?? []).map((day) => day.replaceAll('.', '\\.')).join('|')})\\b`, 'gi'),
    slot('holiday'),
  ],
  [
    new RegExp(`\\b(?:${MONTHS.filter((month) => month !== 'May' && month !== 'March').join('|')})\\b`, 'gi'),
    slot('month'),
  ],
  [/(?<=\b(?:in|of|since|last|this|next) )(?:may|march)\b(?! (?:be|have|also|not))/gi, slot('month')],
  [/(?<=\b(?:last|this|the|next|every|in) )(?:spring|summer|winter|autumn)\b/gi, slot('season')],
  [/\b(?:19[5-9]|20[0-2])\d\b(?! ?(?:mg|ml|mL|units|calories|cc))/g, slot('year')],
]

/** Names as the carriers write them: titles, placeholders of letters, the patient's own name. */
function nameSlots(line: string, patient: readonly [string, string] | undefined, lower: string): string {
  const cased = (form: string): string => slot(form + lower)
  let text = line
    .replace(
      /\b(Dr\.?|Doctor|doctor|dr ?\.) (?:[A-Z][a-z]+ [A-Z][a-z]+|XYZ|ABCD?|[A-Z])\b(?!\.? [A-Z]\.)/g,
      (_, title: string) => `${title} ${cased('doc.gl')}`,
    )
    .replace(
      /\b(Mr|Mrs|Ms|Miss)(\.?) (?:[A-Z][a-z]+ [A-Z][a-z]+|XYZ|ABC|[A-Z])\b/g,
      (_, title: string, dot: string) => `${title}${dot} ${cased('pt.gl')}`,
    )
    .replace(/\b(Dr\.?|Doctor) [A-Z][a-z]+\b/g, (_, title: string) => `${title} ${cased('doc.last')}`)
    .replace(
      /\b(Mr|Mrs|Ms|Miss)(\.?) [A-Z][a-z]+\b/g,
      (_, title: string, dot: string) => `${title}${dot} ${cased('pt.last')}`,
    )
    .replace(
      /\b(dr ?\.|doctor) (?!and\b|who\b|for\b|i\b|to\b|so\b|is\b|that\b|you\b|in\b|here\b|today\b)[a-z]{3,}(?= ?[.,?])/g,
      (_, title: string) => `${title} ${cased('doc.last')}`,
    )
    .replace(/\b(mr|mrs|ms) ?\. (?!and\b)[a-z]{3,}\b/g, (_, title: string) => `${title} . ${cased('pt.last')}`)
    .replace(/\b(?:ABC|XYZ) (?:Hospital|Medical Center|Clinic)\b/g, slot('fac'))
  if (patient) {
    const [given, surname] = patient
    text = text
      .replace(new RegExp(`\\b${given} ${surname}\\b`, 'gi'), cased('pt.gl'))
      .replace(new RegExp(`\\b${given}\\b`, 'gi'), cased('pt.first'))
      .replace(
        new RegExp(`\\b${surname}(?=\\b(?! ?(?:sign|test)))`, lower === '' ? 'g' : 'gi'),
        KEPT_NAMES.has(surname.toLowerCase()) && lower !== '' ? surname.toLowerCase() : cased('pt.last'),
      )
  }
  return text
}

/** The patient that a note names, if it does. */
export function patientOf(note: string): readonly [string, string] | undefined {
  const match =
    /(?:^|\n|\. )([A-Z][a-z]+) ([A-Z][a-z]+) is an? /.exec(note) ??
    /\b(?:Mr|Mrs|Ms|Miss)\.? ([A-Z][a-z]+) ([A-Z][a-z]+)\b/.exec(note)
  return match?.[1] && match[2] ? [match[1], match[2]] : undefined
}

/**
 * A line of a carrier as a template: its names, dates and ages become slots. Undefined where a word remains that could
 * be a name, a place or a placeholder: such lines are left out rather than trained on unlabelled.
 */
export function cleanLine(
  line: string,
  words: CarrierWords,
  patient: readonly [string, string] | undefined,
  isLower: boolean,
): string | undefined {
  let text = line.replace(/[\u{e000}\u{e001}]/gu, '')
  for (const [shape, becomes] of TYPED) text = text.replace(shape, becomes)
  text = nameSlots(text, patient, isLower ? '.lower' : '')
  const rest = text.replace(/\u{e000}[^\u{e001}]*\u{e001}/gu, ' ')
  if (
    /\b(?:XYZ|ABCD?|XXX+|YYYY|[XYZ])\b|two thousand|nineteen (?:\w+ty|oh)|@|https?:|\d{3}-\d{4}|(?:st|nd|rd|th) of\b|name is|named|lives? in|from (?:the )?[A-Z]/.test(
      rest,
    )
  )
    return undefined
  for (const { 0: word, index: at } of rest.matchAll(/[A-Za-z][A-Za-z']*/g)) {
    const small = word.toLowerCase().replace(/'s?$|'.*$/, '')
    if (small.length < 2 || /^[A-Z0-9]{2,5}s?$/.test(word)) continue
    if (words.isName(small) && !(words.isSafe(small) && !isLower && at > 0 && word === small)) return undefined
    if (!words.isSafe(small) && (isLower || /^[A-Z]/.test(word))) return undefined
  }
  if (
    /\b(?:hospital|clinic|university|county|high school|street|avenue)\b/i.test(rest) &&
    /[a-z] [A-Z][a-z]+ (?:Hospital|Clinic|University|County|Medical|High|Street|Avenue|Point)/.test(rest)
  )
    return undefined
  return quoteTemplate(text).replaceAll(OPEN, '{').replaceAll(CLOSE, '}')
}
