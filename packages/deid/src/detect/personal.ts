import { LISTED } from '../gazetteer/gazetteer.ts'
import { hashPhrase } from '../gazetteer/hash.ts'
import { WORD } from './lexicon/words.ts'
import type { Candidate } from './patterns/pattern.ts'
import { mayBeNamed } from './placed.ts'
import { gapAt, isCapital, isWord, listedAt, type Reading, shapeAt, startsSentence, wordAt } from './reading.ts'
import { GAP, SHAPE } from './tokens.ts'

/** What is done to people alone: "tell Stone about it", "let Holiday know", "the pleasure of seeing Field". */
const TO_PERSONS = hashesOf(
  'tell told ask asked let thank thanked notify notified inform informed remind reminded page paged seeing telling asking meeting met hug hugged marry married text texted email emailed message messaged',
)
const [BY, FROM] = ['by', 'from'].map((word) => hashPhrase(word).a)
/** "drawn by Stone", "signed by Field": before "by" a word for what people do with their hands and eyes. */
const HANDS =
  /^(?:drawn|changed|taken|seen|found|signed|read|reviewed|written|entered|collected|placed|removed|given|held|checked|verified|witnessed|performed|done|requested|ordered|brought|driven|raised|adopted|called|reported|noted|followed|covered|assisted|accompanied|helped|cleaned|dressed|turned|fed|bathed|walked|booked|faxed|sent|up|down|in|out|over|off|home|back)$/i
/** What only people do, right behind a name at the start of a sentence: a bare word of the language does none of it. */
const PERSONAL =
  /^ (?:(?:noted|notes|reports|reported|states|stated|says|said|thinks|feels|believes|agrees|agreed|wants|asked|asks|told) (?:that|the (?:patient|family)|to|for|me|him|her|us)\b|tolerated (?:the|it|all|well)\b|did (?:well|fine|not (?:eat|sleep|want|take))\b|(?:was )?notified (?:of|about)\b|will (?:see|follow|call|meet|come) (?:the|him|her|them|us|me|back|up|by|in)\b|is a (?:pleasant|\d{1,3})|(?:enjoys|likes|loves|hates) \p{L}|slept \p{L}|(?:denies|denied|endorses|endorsed|complains|complained)\b|lives (?:with|alone|in|at)\b|(?:came|went|walked|drove) (?:in|home|to|with|back)\b|(?:called|phoned|paged|stopped) (?:by|about|at|back|from|to)\b|from (?:billing|scheduling|records|registration|the (?:lab|pharmacy|front desk|clinic|office))\b)/iu
const THANKED =
  /^, (?:thanks|thank you|thx|hope (?:you|this|all)|just (?:checking|a)|your (?:labs?|results?|scan|x-?ray|test|appointment|prescription|refill|[\p{L}-]{2,16} (?:looks?|is|are|was|were|results?))|please (?:call|come|send|take|stop|let|schedule|bring)|we (?:got|have|will)|i (?:got|have|will|reviewed))\b/iu
/** Who acts in a note without an article and is nobody by name. */
const BODY =
  /^(?:family|staff|team|nursing|management|medicine|surgery|therapy|transport|security|police|ems|labs?|records|billing|insurance|parents?|everyone|client|clients|crew|officers?|services?|school|group|others?|mom|dad|daddy|mommy|baby|child|kids?|people|ladies|gents|dear|hello|thanks|good|great|fine|nice|right|sure|perfect|cool|noted|done|understood|alright|awesome|excellent|lovely|wonderful|welcome|agreed|correct|indeed|sorry|hi|hey|also|yes|no|ok|okay|well|now|then|today|finally|additionally|overall|currently|alternatively|otherwise|unfortunately|fortunately|meanwhile|sincerely|best|counsel|legal|house|home|street|church|court|bank|hall|may|will|mark|march|april|august|june|hope|grace|faith|joy)$/i

function hashesOf(words: string): ReadonlySet<number> {
  return new Set(words.split(' ').map((word) => hashPhrase(word).a))
}

/**
 * Ordinary words with a capital that only people's verbs explain: what is told, asked and notified, whose hands drew
 * blood, who noted and tolerated, who is thanked for a message. Without capitals fewer of these are sure.
 */
export function findPersonal(reading: Reading): Candidate[] {
  const found: Candidate[] = []
  const isCaseless = reading.isLowerCase || reading.isUpperCase
  const { text, start, end, count } = reading.tokens
  for (let i = 0; i < count; i++) {
    if (isCaseless ? !mayBeNamed(reading, i) : shapeAt(reading, i) !== SHAPE.title || !mayBePerson(reading, i)) continue
    if (!isCaseless && isCapital(reading, i + 1) && gapAt(reading, i + 1) === GAP.space) continue
    const ahead = text.slice(end[i] ?? 0, (end[i] ?? 0) + 40)
    const isTold = startsSentence(reading, i)
      ? (PERSONAL.test(ahead) || THANKED.test(ahead)) && !BODY.test(wordAt(reading.tokens, i))
      : isCaseless
        ? isHandled(reading, i)
        : isObject(reading, i)
    if (!isTold) continue
    found.push({
      start: start[i] ?? 0,
      end: end[i] ?? 0,
      class: 'NAME',
      role: 'unknown',
      score: 0.6,
      source: 'name.personal',
    })
  }
  return found
}

/** A word that the lists know as somebody's name, whatever else it is. */
function mayBePerson(reading: Reading, i: number): boolean {
  if (mayBeNamed(reading, i)) return true
  const isStop = isWord(reading, i, WORD.stop) && (listedAt(reading, i) & LISTED.first) !== 0
  return isStop && !isWord(reading, i, WORD.calendar | WORD.specialty | WORD.care | WORD.credential)
}

/** "tell Stone", "drawn by Stone": the one capital among words without. */
function isObject(reading: Reading, i: number): boolean {
  const { tokens } = reading
  if (i === 0 || gapAt(reading, i) !== GAP.space || shapeAt(reading, i - 1) !== SHAPE.lower) return false
  const before = tokens.hashA[i - 1] ?? 0
  if (TO_PERSONS.has(before)) return !BODY.test(wordAt(tokens, i))
  if (before === BY) return i > 1 && gapAt(reading, i - 1) === GAP.space && HANDS.test(wordAt(tokens, i - 2))
  return (
    before === FROM &&
    /^(?:message|call|text|page|voicemail|note|letter|report|handoff|hug|card)$/i.test(wordAt(tokens, i - 2))
  )
}

const MEANS =
  /^(?:hand|phone|mail|mouth|fax|nurse|email|text|letter|name|report|law|choice|car|bus|van|foot|force|gravity|pump|bag|drip|tube|vein|push|day|night|noon|morning|weight|volume|culture|mistake|accident|chance|default|protocol|policy|consent|request|order)$/i

/** "drawn by perl;": where nobody typed capitals, whose hands did it, and nothing behind. */
function isHandled(reading: Reading, i: number): boolean {
  const { text, end, hashA } = reading.tokens
  if (i < 2 || hashA[i - 1] !== BY || gapAt(reading, i) !== GAP.space || gapAt(reading, i - 1) !== GAP.space)
    return false
  if ((listedAt(reading, i) & LISTED.first) === 0 || BODY.test(wordAt(reading.tokens, i))) return false
  if (MEANS.test(wordAt(reading.tokens, i)) || !HANDS.test(wordAt(reading.tokens, i - 2))) return false
  return /^(?:[.,;\n]|$| (?:at|on|and|for|to|with|without|in)\b)/.test(text.slice(end[i] ?? 0, (end[i] ?? 0) + 10))
}
