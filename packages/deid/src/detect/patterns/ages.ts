import { after, at, before, END, type Pattern } from './pattern.ts'

const UNIT = '(?:years?|yrs?|y|months?|mos?|weeks?|wks?|days?)'
const TENS = '(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)'
const ONES = '(?:one|two|three|four|five|six|seven|eight|nine)'
const SMALL = '(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)'
const WORDS = `(?:${TENS}(?:[ \\n-]${ONES})?|${SMALL}|${ONES}|(?:one |a )?hundred(?:[ -](?:and )?(?:${ONES}|${SMALL}))?)`
/** From here on an age is an identifier: 45 CFR 164.514(b)(2)(i)(C). */
const TOP = `(?:9\\d|1[0-2]\\d|ninety(?:[ \\n-]${ONES})?|(?:one |a )?hundred(?:[ -](?:and )?(?:${ONES}|${SMALL}))?)`
/** Not a measure: no unit, ratio or decimal behind. */
const ALONE = `(?!\\d|[/:-]\\d|[.,]\\d|\\s?(?:%|mg|mcg|ml|kg|lbs?|pounds|cm|mm|bpm|percent|days|weeks|months|hours|minutes|degrees|beats|over\\b))${END}`
const NUMBER_WORDS =
  'twenty thirty forty fifty sixty seventy eighty ninety one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen hundred a'.split(
    ' ',
  )

/** Who an age may stand behind, set off by brackets or commas. */
const PERSONS =
  'mr mrs ms miss mx patient pt mother father grandmother grandfather grandma grandpa aunt uncle wife husband sister brother widow widower'.split(
    ' ',
  )
/** "Age at diagnosis", `age_at_visit`. */
const AT_EVENT =
  '(?:[ _](?:at|on)[ _](?:the[ _])?(?:time[ _]of[ _])?(?:initial[ _]|first[ _])?(?:diagnosis|death|onset|visit|admission|surgery|presentation|enroll?ment|encounter|procedure|discharge|transplant|event|baseline|entry|exam|study|service|operation|referral|consent))'

/** Stated ages of a person, in figures and words, at any age: the profile decides which may stay. */
export const AGE_PATTERNS: readonly Pattern[] = [
  {
    id: 'age.reached',
    class: 'AGE',
    on: 'lived survived lives died dies passed expired deceased reached celebrated until'.split(' '),
    regex: at(
      `(?:(?:lived|lives|survived)\\s{1,3}(?:to|past|until|up to|beyond)(?: be| age)?|(?:died|dies|passed(?: away| on)?|expired|deceased)(?: peacefully)?\\s{1,3}(?:at|aged)(?: the)?(?: age)?(?: of)?|reached(?: the age of)?)\\s{1,3}(?:almost |nearly |over |about )?(?<v>${TOP})${ALONE}`,
    ),
    score: 0.9,
  },
  {
    id: 'age.person',
    class: 'AGE',
    on: 'he she patient pt mother father grandmother grandfather who'.split(' '),
    regex: at(
      `(?:he|she|patient|pt|mother|father|grandmother|grandfather|who)(?:\\s(?:is|was|turned|turns)|'s)(?: now| almost| nearly| already| about)?\\s(?<v>${TOP})(?=\\s?[.;,]|\\s(?:and|with|who|now|but|when|years|today)\\b)${ALONE}`,
    ),
    score: 0.8,
  },
  {
    id: 'age.in-year',
    class: 'AGE',
    on: 'he she patient pt mother father grandmother grandfather who'.split(' '),
    regex: at(
      `(?:he|she|patient|pt|mother|father|grandmother|grandfather|who)(?:\\s(?:is|was|turned)|'s) (?<v>\\d{2,3})(?=,? (?:in|as of) (?:the year )?(?:19|20)\\d{2}${END})`,
    ),
    score: 0.8,
  },
  {
    id: 'age.set-off',
    class: 'AGE',
    on: PERSONS,
    // "Mr. Lopez (92) fell", "my grandfather, 94, fell".
    regex: at(
      `(?:${PERSONS.join('|')})\\.?(?: (?-i:[A-Z])[a-z\u00c0-\uffff'-]{0,24}\\.?){0,3}(?:\\s?\\(|, )(?<v>9\\d|1[01]\\d)(?=[,)])`,
    ),
    score: 0.8,
  },
  {
    id: 'age.range',
    class: 'AGE',
    on: 'number',
    regex: at(
      `(?:9\\d|1[01]\\d)(?=(?: (?:and|to|or) | ?[-\u2013] ?)(?:9\\d|1[01]\\d)[ -]{1,2}(?:years?|yrs?|y\\.?/?o)${END})`,
    ),
    score: 0.9,
  },
  {
    id: 'age.lived',
    class: 'AGE',
    on: ['born', 'lived'],
    regex: at(`(?:born (?<v>${TOP} years)(?= ago)|lived (?:for )?(?<v>${TOP} years))${END}`),
    score: 0.8,
  },
  {
    id: 'age.sex-first',
    class: 'AGE',
    on: ['m', 'f'],
    regex: at(`[MF] ?/ ?(?<v>9\\d|1[01]\\d)(?![\\d/.%])${END}`, ''),
    score: 0.7,
  },
  {
    id: 'age.alive',
    class: 'AGE',
    on: 'alive well living dead healthy will would now at'.split(' '),
    regex: at(
      `(?:(?:alive|well|living|dead|healthy)(?: and well)? (?:at|aged)(?: age)?|(?:will|would) be|now(?= (?:9\\d|1[01]\\d), [A-Z])|at(?= (?:9\\d|1[01]\\d),? (?:s?he|[A-Z][a-z]+) )) (?<v>${TOP})${ALONE}`,
    ),
    score: 0.75,
    judge: (_, around) => (/^\s?(?:%|mg|percent|of\b)/i.test(after(around, 8)) ? 0 : 0.75),
  },
  {
    id: 'age.passed-in',
    class: 'AGE',
    on: ['in'],
    regex: at(`in (?:19|20)\\d{2},? at(?: age| the age of)? (?<v>${TOP})${ALONE}`),
    score: 0.8,
  },
  {
    id: 'age.of',
    class: 'AGE',
    on: 'man woman lady gentleman male female'.split(' '),
    regex: at(`(?:man|woman|lady|gentleman|male|female) of (?<v>${TOP})${ALONE}`),
    score: 0.8,
  },
  {
    id: 'age.birthday',
    class: 'AGE',
    on: 'number',
    regex: at(`(?:9\\d|1[0-2]\\d)(?=(?:st|nd|rd|th)\\s(?:birthday|year of life))`),
    score: 0.9,
  },
  {
    id: 'age.by-sex',
    class: 'AGE',
    on: ['age', 'sex'],
    regex: at(
      `(?:age|sex)\\s?/\\s?(?:sex|gender|age)\\s{0,3}[:|]?\\s{0,8}(?<v>\\d{1,3})(?=\\s{0,2}[/,]?\\s{0,2}[MF](?![A-Za-z]))`,
    ),
    score: 0.95,
  },
  {
    id: 'age.old',
    class: 'AGE',
    on: 'number',
    regex: at(`\\d{1,3}(?:\\.\\d)?[ -]{0,2}${UNIT}\\.?[ -]{0,2}(?:olds?|of age)${END}`),
    score: 0.95,
  },
  {
    id: 'age.yo',
    class: 'AGE',
    on: 'number',
    regex: at(`\\d{1,3}[ -]?(?:yo|y/o|y\\.o\\.?|yof|yom|yr/o|y/f|y/m|yrs? ?(?=male|female|man|woman))(?![A-Za-z0-9])`),
    score: 0.9,
  },
  {
    id: 'age.sex',
    class: 'AGE',
    on: 'number',
    regex: at(`\\d{1,3} ?(?:Y|[MF])(?:/?[MF])?(?![A-Za-z0-9])`, ''),
    score: 0.6,
    judge: (value, around) =>
      /^\d{1,3}(?: [MF]| Y)?$/.test(value) && !/^\d{1,3} Y/.test(value)
        ? 0
        : /temp|fever|tmax|\bT\b|[\d.,/]$/i.test(before(around, 12)) ||
            (/^\d{1,3} ?F$/.test(value) && Number.parseInt(value, 10) > 94)
          ? 0
          : 0.6,
  },
  {
    id: 'age.stated',
    class: 'AGE',
    on: ['age', 'aged', 'ages', 'turned', 'turning', 'turns'],
    regex: at(
      `(?:age|aged|ages|turned|turning|turns)${AT_EVENT}?(?:_(?:in_)?(?:years|yrs)|,? \\(?(?:in )?(?:years|yrs?|y)\\)?)?(?: (?:of|is|was))?["'*]{0,2}\\s{0,3}[:=]?["'*]{0,2}\\s{0,3}["']?(?<v>\\d{1,3}(?:\\.\\d)?)(?![\\d/]|\\s?(?:%|mg|days|weeks|months|hours|minutes|degrees|in (?:early|late)))${END}`,
    ),
    score: 0.9,
  },
  {
    id: 'age.member',
    class: 'AGE',
    on: 'patientage ptage currentage ageyears ageinyears ageyrs ageatvisit ageatdiagnosis ageatdeath ageatonset ageatadmission ageatencounter'.split(
      ' ',
    ),
    regex: at(`[a-z]{6,20}["']?\\s{0,3}[:=]\\s{0,3}["']?(?<v>\\d{1,3})(?![\\d/.])${END}`),
    score: 0.9,
  },
  {
    id: 'age.stated',
    class: 'AGE',
    on: ['age', 'aged', 'turned'],
    regex: at(`(?:age|aged|turned)(?: of)? (?<v>${WORDS})${END}`),
    score: 0.9,
  },
  {
    id: 'age.words',
    class: 'AGE',
    on: NUMBER_WORDS,
    regex: at(
      `${WORDS}(?:[ \\n-]{1,2}(?:years?|yrs?)[ \\n-]{1,2}(?:olds?|of age)|[ -]{1,2}(?:y\\.?/?o\\.?|yr old))(?![A-Za-z0-9])`,
    ),
    score: 0.95,
  },
  {
    id: 'age.decade',
    class: 'AGE',
    on: ['in'],
    regex: at(
      `in (?:his|her|their|my)(?: (?:early|mid|late))?[ -](?<v>(?:\\d0'?s|1[01]0'?s|(?:twen|thir|for|fif|six|seven|eigh|nine)ties))${END}`,
    ),
    score: 0.9,
  },
  {
    id: 'age.group',
    class: 'AGE',
    on: 'nonagenarian nonagenarians centenarian centenarians supercentenarian octogenarian octogenarians septuagenarian sexagenarian'.split(
      ' ',
    ),
    regex: at(`(?:nona|super)?(?:gen|cente)[a-z]{5,9}|(?:octo|septua|sexa)gen[a-z]{5,6}`),
    score: 0.9,
  },
  {
    id: 'age.just',
    class: 'AGE',
    on: ['is', 'was', "i'm", 'im', 'am'],
    regex: at(
      `(?:is|was|am|i'?m) (?<v>\\d{1,3}(?: years)?)(?=\\s?(?:and|with|now|today|,|;)\\s?(?:has|lives|was|is|still|remains|takes|walks|drives|declines|male|female|he|she)\\b)`,
    ),
    score: 0.5,
    judge: (_, around) => (/^\s?[%/]/.test(after(around, 2)) ? 0 : 0.5),
  },
]
