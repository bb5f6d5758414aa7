import { LISTED } from '../gazetteer/gazetteer.ts'
import { hashPhrase } from '../gazetteer/hash.ts'
import { WORD } from './lexicon/words.ts'
import { findCaptured } from './captured.ts'
import type { Candidate } from './patterns/pattern.ts'
import { gapAt, isCapital, isInitial, isWord, listedAt, type Reading, shapeAt, wordAt } from './reading.ts'
import { firstTokenAt, GAP, SHAPE } from './tokens.ts'

const W = String.raw`\p{L}[\p{L}'-]{1,20}`
const ONE = `(${W})`
/** One to three words, or initials between them. */
const NAME = String.raw`((?:${W}|\p{L}\.)(?: (?:${W}|\p{L}\.?)){0,2})`
const SPAN = String.raw`(?:\s{1,2})`
const COVERS =
  '(?:covers|is covering|will cover|covering|fills in|will fill in|takes over|takes calls|has the pager|is on call)'
const BORN = String.raw`(?:dob|d\.o\.b|date of birth|born)\b`
const PET =
  '(?:(?:new|first|second|third|little|only|older|younger) )?(?:dog|cat|puppy|kitten|horse|parrot|bird|boat|car|truck|baby|child|son|daughter|boy|girl)'
const KIN =
  'neighbou?r|tenant|landlord|landlady|friend|co-?worker|roommate|housemate|caregiver|sitter|babysitter|aide|boss|classmate|teacher|colleague|mother|father|sister|brother|son|daughter|wife|husband|partner|aunt|uncle|niece|nephew|cousin|grandmother|grandfather|grandson|granddaughter'
const DID =
  '(?:found|saw|called|drove|brought|says|said|reports|reported|states|has|had|is|was|will|can|who|met|took|helps|helped|heard|noticed|picked|lives|came)'
const SPEAKER =
  '(?:caller|patient|client|agent|operator|nurse|doctor|clerk|provider|front desk|desk|reception|receptionist|guest)'

/** By words that a stretch begins with: what stands in the stretch where only somebody's name can, whatever word it is. */
const STRETCHES: readonly (readonly [string, string])[] = [
  ['until till', String.raw`(?:until|till)\b[^.;\n]{2,30}[;,]${SPAN}${ONE}\s${COVERS}\b`],
  [
    'out off away leave vacation',
    String.raw`(?:out|off|away|leave|vacation)(?: (?:today|tonight|sick|(?:this|next) \w{3,9}))?[;,]${SPAN}${ONE}\s${COVERS}\b`,
  ],
  [
    'called calls paged phoned texted wrote messaged emailed rang',
    String.raw`\p{L}+ (?:re:?|about|regarding|for)${SPAN}${NAME} \((?=\d{1,4}[/.-]\d|[a-z]{3,9}\.? \d|[a-z]{0,4}-?\d{5,}|mrn|${BORN})`,
  ],
  [
    'named calls called',
    String.raw`\p{L}+ (?:his|her|their|my|our|the) ${PET}${SPAN}${ONE}(?:${SPAN}and (?:his|her|their|my|our|the) ${PET}${SPAN}${ONE})?(?=[.,;!\n]|$| and\b)`,
  ],
  [
    'this',
    String.raw`this is ${NAME}(?=\.?\s{0,2}\n+\W{0,3}${SPEAKER}\b|\.? (?:how|what) (?:can|may) i\b|,? \(?${BORN}| (?:calling|speaking)\b)`,
  ],
  ['under through', String.raw`\p{L}+ ${NAME}'s (?:plan|policy|insurance|coverage|medicaid|medicare)\b`],
  ['attn attention fao', String.raw`\p{L}+[:.]? ${NAME}(?=[.,;\n)]|$)`],
  ['the a his her their my our', String.raw`\p{L}+ (?:${KIN}), ${NAME}, ${DID}\b`],
  [
    'chart record file labs results folder',
    String.raw`\p{L}+ (?:of|for)${SPAN}${NAME}${SPAN}\((?=\d{1,4}[/.-]\d|[a-z]{0,4}-?\d{5,}|mrn|${BORN})`,
  ],
  [
    'patient client member resident caller',
    String.raw`\p{L}+:\W{0,3} ${NAME},? (?=(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d|\d{1,4}[/-]\d{1,2}[/-]\d|${BORN})`,
  ],
  [
    'alright okay ok bye goodbye thanks hi hello hey',
    String.raw`\p{L}+,? ${ONE}(?= (?:take care|how are you|how have you|nice to (?:meet|see)|good to (?:meet|see)|see you))`,
  ],
  ['driver passenger policyholder', String.raw`\p{L}+ (${W} (?:\p{L}\. )?${W})(?=[.,;\n]|$)`],
]
const BY_WORD: ReadonlyMap<number, readonly RegExp[]> = toMap(STRETCHES)
/** Where nobody typed capitals, or nothing else, a title takes any word that ends there, or does what people do. */
const TITLED = new RegExp(
  String.raw`\p{L}+\.? ${ONE}(?=[.;:,)\n]|$|'s\b| and (?:drs?|doctor|mrs?|ms)\b| (?:agrees?|says|said|wants|will|has|had|is|was|saw|ordered|recommends|recommended|called|needs|asked|told|over at|covers)\b)`,
  'diuy',
)
const TITLES: ReadonlySet<number> = new Set(['dr', 'drs', 'doctor', 'mr', 'mrs'].map((word) => hashPhrase(word).a))
/** "12 oak dr": the end of a street. */
const STREET_BEFORE = /\d\s+(?:[\p{L}.]+\s){1,3}$/u
/** "11:45 Grade paged re: anxiety". */
const PAGED_BEHIND = /^ (?:paged|called|phoned|texted|messaged) (?:re:?|about|regarding) /i
const AFTER_TIME = /(?:\d|\d ?[ap]\.?m\.?) {1,2}$/i
const ASKED_BEHIND = /^, (?:can|could|would|will) (?:you|u)\b/i
/** Words that open a question as well, with a comma behind them. */
const OPENING =
  /^(?:also|then|first|second|third|next|last|lastly|finally|again|please|thanks|hello|hi|hey|so|and|but|now|meanwhile|otherwise|instead|perhaps|maybe|well|assistant|bot|ai|chat|team|all|everyone|guys|folks|based|using)$/i
const HERE_BEHIND = /^ here,? (?:he|she|i|we|calling)\b/i
const [SPELLED, SPELT] = ['spelled', 'spelt'].map((word) => hashPhrase(word).a)

/** What stands there and is nobody's name: words for nobody, of place and manner, departments, what a doctor writes. */
const NOBODY: ReadonlySet<number> = new Set(
  'i he she it we they you who him her them us me nobody none anybody somebody everyone everybody someone anyone no one not right still now then here there today tonight well good great fine sure okay ok sorry just so very too again back only also even always never urgent new old worse better normal abnormal fyi stat what when where why how which that this these those my your his her their our its a an the and or but if for from with without about after before until by to in on at of as is are was were be been being do does did done have has had will would can could shall should may might must billing records medical record front desk scheduling whom it may concern department dept team staff office clinic hospital nurse doctor doctors provider physician patient patients pharmacy pharmacist lab radiology registration reception triage unit floor ward manager director coordinator supervisor administration admissions referrals authorization authorizations claims appeals visit note notes letter appointment appt bill order orders recommendations advice phone number name list hours assistant education parking fax mail portal house call calls exam work job shopping side effect effects room rooms charge day night nights evening weekend weekends days mother father mom dad wife husband spouse partner son daughter brother sister family friend neighbor caregiver guardian child children kids insurance medicare medicaid plan employer parent parents same first second third other another both all some any each every yes yeah no nope um uh perfect sounds cool awesome wonderful excellent alright dear honey sweetheart sweetie buddy guys folks again much sir madam maam doc lovely nice'
    .split(' ')
    .map((word) => hashPhrase(word).a),
)

/** Families are called so too, and a capital says it: "Dr. Wren is out until Monday; House covers". */
const FAMILIES: ReadonlySet<number> = new Set(
  ['bill', 'child', 'day', 'house', 'parent'].map((word) => hashPhrase(word).a),
)

function toMap(stretches: readonly (readonly [string, string])[]): ReadonlyMap<number, readonly RegExp[]> {
  const map = new Map<number, RegExp[]>()
  for (const [words, pattern] of stretches) {
    const compiled = new RegExp(pattern, 'diuy')
    for (const word of words.split(' ')) {
      const { a } = hashPhrase(word)
      map.set(a, [...(map.get(a) ?? []), compiled])
    }
  }
  return map
}

/**
 * Names that the frame around them tells, whatever words they are and whether anybody typed capitals: who covers until
 * Tuesday, whom a call was about, how a name is spelled, who says "here" on the telephone.
 */
export function findTold(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  const { text, start, end, hashA, count } = reading.tokens
  const isCaseless = reading.isLowerCase || reading.isUpperCase
  for (let i = 0; i < count; i++) {
    const hash = hashA[i] ?? 0
    for (const pattern of BY_WORD.get(hash) ?? []) addStretch(reading, found, pattern, start[i] ?? 0)
    if (isCaseless && TITLES.has(hash) && !STREET_BEFORE.test(text.slice(Math.max(0, (start[i] ?? 0) - 30), start[i])))
      addStretch(reading, found, TITLED, start[i] ?? 0)
    if (hash === SPELLED || hash === SPELT) addSpelled(reading, found, i)
    const opens = i === 0 || (gapAt(reading, i) & (GAP.newline | GAP.other)) !== 0
    if (opens && HERE_BEHIND.test(text.slice(end[i] ?? 0, (end[i] ?? 0) + 16)) && isNameWord(reading, i))
      push(reading, found, i, i)
    const from = start[i] ?? 0
    const ahead = text.slice(end[i] ?? 0, (end[i] ?? 0) + 24)
    if (PAGED_BEHIND.test(ahead) && AFTER_TIME.test(text.slice(Math.max(0, from - 8), from)) && isNameWord(reading, i))
      push(reading, found, i, i)
    if (i === 0 && ASKED_BEHIND.test(ahead) && isNameWord(reading, i) && !OPENING.test(wordAt(reading.tokens, i)))
      push(reading, found, i, i)
  }
  return found
}

function addStretch(reading: Reading, found: Candidate[], pattern: RegExp, at: number): void {
  for (const [from, to] of findCaptured(pattern, reading.tokens.text, at)) addWhole(reading, found, from, to)
}

/** "eve dose, spelled dose": the same word twice, and what stands before the first one. */
function addSpelled(reading: Reading, found: Candidate[], i: number): void {
  const { hashA, count } = reading.tokens
  if (i + 1 >= count || i < 1 || hashA[i - 1] !== hashA[i + 1] || (gapAt(reading, i) & GAP.comma) === 0) return
  push(reading, found, i + 1, i + 1)
  const isGiven = i > 1 && gapAt(reading, i - 1) === GAP.space && isNameWord(reading, i - 2) && !isCue(reading, i - 2)
  push(reading, found, isGiven ? i - 2 : i - 1, i - 1)
}

const isCue = (reading: Reading, i: number): boolean =>
  isWord(reading, i, WORD.patientCue | WORD.clinicianCue | WORD.relation | WORD.title | WORD.clinicianTitle)

/** May be a name where the frame says that one stands there: any word but those for nobody. */
function isNameWord(reading: Reading, i: number): boolean {
  const hash = reading.tokens.hashA[i] ?? 0
  const isCased = !reading.isLowerCase && !reading.isUpperCase && isCapital(reading, i)
  if ((NOBODY.has(hash) && !(isCased && FAMILIES.has(hash))) || shapeAt(reading, i) >= SHAPE.digits) return false
  const isListed = (listedAt(reading, i) & (LISTED.first | LISTED.surname)) !== 0
  if (isWord(reading, i, WORD.stop | WORD.calendar | WORD.specialty) && !isListed) return false
  if (wordAt(reading.tokens, i).length < 3 && !isListed) return false
  return reading.isLowerCase || isCapital(reading, i)
}

function addWhole(reading: Reading, found: Candidate[], start: number, end: number): void {
  const { tokens } = reading
  const first = firstTokenAt(tokens, start)
  let last = first - 1
  for (let i = first; i < tokens.count && (tokens.start[i] ?? 0) < end; i++) {
    if (!(isInitial(reading, i) || isNameWord(reading, i))) return
    last = i
  }
  if (last >= first && !(last === first && isInitial(reading, first))) push(reading, found, first, last)
}

function push({ tokens }: Reading, found: Candidate[], first: number, last: number): void {
  found.push({
    start: tokens.start[first] ?? 0,
    end: tokens.end[last] ?? 0,
    class: 'NAME',
    role: 'unknown',
    score: 0.65,
    source: 'name.told',
  })
}
