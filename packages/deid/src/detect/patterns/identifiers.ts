import { at, CODE, END, LINK, type Pattern } from './pattern.ts'

/** A label and the value after it; the value needs a digit. */
function labelled(
  id: string,
  phiClass: Pattern['class'],
  on: string,
  label: string,
  extra: Partial<Pattern> = {},
): Pattern {
  return {
    id,
    class: phiClass,
    on: on.split(' '),
    regex: at(`(?:${label})(?![A-Za-z])\\.?${LINK}(?<v>${CODE})${END}`),
    score: 0.96,
    judge: (value) => judgeCode(value),
    ...extra,
  }
}

/** A label proves little before a date, a dose or a very short number. */
function judgeCode(value: string, score = 0.96): number {
  const bare = value.replace(/^#/, '')
  if (/^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}$/.test(bare) || /^(?:19|20)\d{2}$/.test(bare) || /^\d{1,3}$/.test(bare))
    return 0
  if (
    /^\d{1,3}(?:st|nd|rd|th|mg|ml|mcg|yo|kg|cm|mm|x)?$/i.test(bare) ||
    /^\d{1,3}-(?:year|month|week|day|hour|yr)/i.test(bare)
  )
    return 0
  return bare.replace(/[^A-Za-z0-9]/g, '').length >= 4 ? score : 0
}

/** Resources of FHIR that are somebody's, or lead to somebody. */
const REFERENCED =
  'patient practitioner practitionerrole relatedperson person organization encounter episodeofcare location device coverage claim account appointment group careteam specimen'.split(
    ' ',
  )

/** Record, plan, account, licence, vehicle and device identifiers: letters G to M of the rule, found by their labels. */
export const LABELLED_PATTERNS: readonly Pattern[] = [
  labelled(
    'ssn.labelled',
    'SSN',
    'ssn ss social soc',
    'ssns?|ss ?#|ss (?:number|no)|social security|soc\\.? sec|social(?= (?:number|is|ending|#))',
    {
      regex: at(
        `(?:ssns?|ss(?= ?#| (?:number|no)|:)|(?:social security|soc\\.? ?sec)(?: (?:number|no|num|card))?|social(?= (?:number|no|is|ending|#)))${LINK}(?<v>(?:\\d|[X*]{1,3}(?=[-* X\\d]))(?:[- ._/]{0,2}[\\dX*]){2,10}\\d)${END}`,
      ),
      score: 0.97,
      judge: (value) => (/\d{4}$/.test(value.replace(/\D/g, '')) ? 0.97 : 0),
    },
  ),
  labelled('ssn.last-four', 'SSN', 'last', 'last (?:four|4)', {
    regex: at(
      `last (?:four|4)(?: digits?| numbers?)?(?: (?:of|on|for|is|are|in)| (?:her|his|the|their|my|your|patient'?s?)| (?:ssn|ss#?|social(?: security)?(?: number)?))*[ :#]{0,3}(?<v>\\d{4})${END}`,
    ),
    score: 0.9,
    judge: () => 0.9,
  }),
  labelled(
    'mrn.labelled',
    'MRN',
    'mrn mrns mr med medical chart record records emr ehr hospital hosp unit emrn pmrn',
    'e?p?mrns?|mr(?= ?#|:| no| number)|medical (?:records?|rec)|med\\.? ?rec(?:ords?)?|(?:chart|records?|emr|ehr|hosp(?:ital)?|unit)(?= ?(?:#|no\\b|num|id\\b|:))|chart(?= [A-Z]{0,4}-?\\d{4})',
    {
      judge: (value) => (/^#?\d{3}$/.test(value) ? 0 : judgeCode(value, 0.97)),
    },
  ),
  labelled(
    'plan.labelled',
    'PLAN_ID',
    'hpbn insured insurance ins policy member subscriber beneficiary group claim rx rxbin rxpcn rxgrp medicaid medicare mbi hicn hic health plan payer payor coverage hmo ppo prior auth authorization preauth benefit enrollee pa tricare',
    'insurance(?: (?:policy|plan|member|card|company|coverage|health))?|ins(?:\\. ?| )?(?:policy|plan|pol|id|no|member)?|policy|member(?:ship)?|subscriber|beneficiary|enrollee|group(?= ?(?:#|no|num|id|:))|claim|rx ?(?:bin|pcn|grp|group)|rx(?= ?(?:#|no|num|id|:))|medicaid|medicare|mbi|hicn?|health (?:plan|insurance|id|card)|plan(?= ?(?:#|no|num|id|:|member))|pay[eo]r|coverage|hmo|ppo|prior auth(?:orization)?|pre-?auth(?:orization)?|auth(?:orization)?|benefit|pa(?= ?#)|tricare',
  ),
  labelled(
    'account.labelled',
    'ACCOUNT',
    'account acct acc accounts card cc credit debit guarantor invoice routing bank billing bill statement iban aba transaction receipt visa mastercard amex',
    'acc(?:oun)?ts?|acc(?=[ :#]{0,2}(?:#|no|num))|(?:credit|debit) card|card|cc(?= ?#| (?:no|num|\\d{12}))|guarantor|invoice|routing|bank|bill(?:ing)?|statement|aba|transaction|receipt|visa|mastercard|amex',
    {
      judge: (value) => (/\d{4}/.test(value.replace(/\D/g, '')) ? judgeCode(value) : 0),
    },
  ),
  labelled(
    'licence.labelled',
    'LICENCE',
    'license licence lic licenses npi dea passport driver drivers dl certificate cert certification registration upin permit',
    "(?:driver'?s'? )?(?:licen[cs]es?|lic)|npi|dea|passport|driver'?s?|dl(?= ?(?:#|no|num|:))|cert(?:ificate|ification)?|registration|upin|permit",
  ),
  labelled(
    'vehicle.labelled',
    'VEHICLE',
    'vin vehicle plate plates tag license licence',
    'vin|vehicle(?: (?:id(?:entification)?|vin|reg(?:istration)?))?|(?:licen[cs]e )?plates?|(?:licen[cs]e )tag',
    { score: 0.97, judge: (value) => judgeCode(value, 0.97) },
  ),
  labelled(
    'device.labelled',
    'DEVICE',
    'serial s sn udi imei mac device implant pacemaker pump lot model meid implanted generator lead icd',
    'serial|s/n|sn(?= ?[#:])|udi|imei|meid|mac(?: address)?|device(?: (?:id|serial|identifier))|(?:implant|pacemaker|pump|generator|lead|icd)(?: (?:id|serial|sn|#))|lot(?= ?(?:#|no|num|:))|model(?= ?(?:#|no\\b|num))',
  ),
  labelled(
    'other.labelled',
    'OTHER_ID',
    'uid id ids identifier patient pt case ref reference accession acc specimen encounter visit csn fin order requisition req study subject trial participant protocol badge employee student staff confirmation ticket tracking har file aadhaar abha pan cpf ein tin nhs curp nric code key token record sample barcode appointment prescription script referral incident report session booking user customer client episode contact registry donor unos',
    '(?:patient|pt|case|study|subject|trial|participant|employee|student|staff|user|customer|client|national|specimen|sample|encounter|visit|order|file|record|registry|donor|tax|device)?[ ._-]?(?:id|identifier)|(?:patient|pt|subject|participant)(?= ?(?:#|no\\.? ?\\d|number|[A-Z]{0,4}-?\\d{4}))|ref(?:erence)?(?=[ .:#]{1,3}(?:code|no|num|#|id|[A-Z]{0,5}-?\\d))|case(?= ?(?:#|no\\b|num|:))|accession|acc(?= ?#)|specimen|encounter|visit(?= ?(?:#|no\\b|num))|csn|fin(?= ?[#:])|order(?= ?(?:#|no\\b|num|:))|req(?:uisition)?(?= ?(?:#|no\\b|num|:))|protocol(?= ?(?:#|no\\b|num))|badge|(?:employee|student|staff)(?= ?(?:#|no\\b|num))|confirmation|ticket|tracking|uid|file(?= ?(?:#|no\\b|num|:))|sample(?= ?(?:#|no\\b|num|:|[A-Z]{0,4}-?\\d{4}))|order(?= [A-Z]{0,4}-?\\d{4})|har(?= ?[#:])|aadhaar|abha|pan(?= ?[:=])|cpf|ein|tin(?= ?[#:])|nhs|curp|nric|barcode|appointment(?= ?(?:#|no\\b|num))|prescription(?= ?(?:#|no\\b|num|:))|script(?= ?#)|referral(?= ?(?:#|no\\b|num))|incident(?= ?(?:#|no\\b|num))|report(?= ?(?:#|no\\b|num))|session(?= ?id)|booking|(?:study|trial) (?:subject|participant|patient)|code(?= ?:)|unos',
  ),
  {
    id: 'reference.resource',
    class: 'OTHER_ID',
    on: REFERENCED,
    // FHIR R4, 2.3.0.1: Type/id. An id without a digit may be a word of prose.
    regex: at(`[A-Z][A-Za-z]{3,30}/(?<v>(?=[A-Za-z.-]{0,63}\\d)[A-Za-z0-9.-]{1,64})${END}`, ''),
    score: 0.9,
  },
  {
    id: 'name.key',
    class: 'NAME',
    on: 'family given first last full patient middle maiden firstname lastname fullname patientname givenname familyname surname'.split(
      ' ',
    ),
    regex: at(
      `(?:family|given|sur|(?:first|last|full|patient|middle|maiden|given|family)[ _-]?)(?:name)?"\\s?:\\s?(?:\\[\\s?)?"(?<v>[^"\\n]{1,60}(?:"\\s?,\\s?"[^"\\n:]{1,60}(?="(?!\\s?:))){0,4})(?=")`,
    ),
    score: 0.9,
  },
  {
    id: 'city.key',
    class: 'CITY',
    on: ['city', 'town', 'hometown', 'birthplace'],
    regex: at(`(?:city|town|hometown|birthplace)(?:"\\s?:\\s?"|\\s?[:=]\\s?)(?<v>[A-Z][A-Za-z .'-]{1,40})`),
    score: 0.85,
  },
  {
    id: 'facility.room',
    class: 'FACILITY',
    on: ['room', 'rm', 'unit', 'floor', 'ward'],
    regex: at(
      `(?:(?:room|rm)\\.?\\s?#?:?\\s?(?<v>\\d{3,4}(?:-?[A-Z0-9])?)|(?:unit|floor|ward)\\s?:?\\s(?:\\d{1,2}\\s?(?:north|south|east|west|[NSEW])))(?![A-Za-z0-9.])(?!\\s?(?:air|mg|ml))`,
    ),
    score: 0.7,
  },
  {
    id: 'username.labelled',
    class: 'USERNAME',
    on: 'username user userid login handle screen screenname instagram twitter facebook tiktok linkedin skype snapchat mychart portal'.split(
      ' ',
    ),
    regex: at(
      `(?:user ?names?|user ?id|login(?: name| id)?|handle|screen ?name|(?:instagram|twitter|facebook|tiktok|linkedin|skype|snapchat)(?: (?:handle|name|account|user|id))?|(?:mychart|portal) (?:user(?:name)?|login))\\s{0,3}(?:is|was|:|=|#)\\s{0,3}["']?(?<v>@?[a-z0-9][\\w.-]{2,39})`,
    ),
    score: 0.85,
  },
  {
    id: 'username.acting',
    class: 'USERNAME',
    on: 'user account posts by edit login profile'.split(' '),
    regex: at(
      `(?:[Uu]ser|[Aa]ccount|[Ll]ogin|[Pp]rofile|posts? as|[Bb]y(?: user)?|[Ee]dit(?: by)?)[ :]{1,2}(?<v>[a-z][a-z0-9]{0,20}(?:[._][a-z0-9]{2,20}|\\d{1,5}|-\\d{2,5}))(?![\\w@.-]*[\\w@])`,
      '',
    ),
    score: 0.7,
  },
  {
    id: 'vehicle.plate-spaced',
    class: 'VEHICLE',
    on: 'plate plates tag tags registration'.split(' '),
    regex: at(
      `(?:[Pp]lates?|[Tt]ags?|[Rr]egistration|PLATES?|TAG)(?: (?:[Nn]o|[Nn]umber|reads|is))?\\.?[ :#]{1,3}(?<v>(?=[A-Z0-9 .-]{0,4}\\d)(?=[0-9 .-]{0,4}[A-Z])[A-Z0-9]{1,4}[ .-][A-Z0-9]{2,5})(?![A-Za-z0-9])`,
      '',
    ),
    score: 0.8,
  },
  {
    id: 'username.signed-in',
    class: 'USERNAME',
    on: ['signed', 'logged', 'log', 'sign'],
    regex: at(
      `(?:[Ss]igned|[Ll]ogged|[Ll]og|[Ss]ign)[ -](?:in|on|out|off)(?: (?:as|with|by|under)|\\s?:)\\s(?<v>@?(?=[a-z0-9._-]{0,30}[a-z])[a-z0-9][\\w.-]{2,39})`,
      '',
    ),
    score: 0.8,
    judge: (value) => (/^(?:the|his|her|their|my|our|your|soon|expected|required|needed)$/.test(value) ? 0 : 0.8),
  },
  {
    id: 'biometric.labelled',
    class: 'BIOMETRIC',
    on: 'fingerprint fingerprints retina retinal iris voiceprint voice biometric palm facial faceprint bio dna'.split(
      ' ',
    ),
    regex: at(
      `(?:fingerprints?|retinal?|iris|voice ?prints?|biometrics?|palm ?prints?|facial|face ?prints?|dna)(?: (?:scan|template|profile|recognition|print|record|sample|identifier|image|hash))*${LINK}(?<v>${CODE})${END}`,
    ),
    score: 0.85,
    judge: (value) => judgeCode(value, 0.85),
  },
  {
    id: 'biometric.code',
    class: 'BIOMETRIC',
    on: 'bio fp iris retina voice'.split(' '),
    regex: at(`(?:bio|fp|iris|retina|voice)(?:-[A-Z]{2,12})?-[A-Z]{0,6}\\d{2,12}${END}`),
    score: 0.7,
  },
  {
    id: 'photo.labelled',
    class: 'PHOTO',
    on: 'photo photos photograph picture image portrait headshot selfie'.split(' '),
    regex: at(
      `(?:photo(?:graph)?s?|picture|image|portrait|headshot|selfie)(?: (?:file|ref(?:erence)?|link))*${LINK}(?<v>(?:${CODE}|[\\w-]{1,60}\\.(?:jpe?g|png|heic|gif|tiff?|bmp)))${END}`,
    ),
    score: 0.85,
    judge: (value) => (/\.(?:jpe?g|png|heic|gif|tiff?|bmp)$/i.test(value) ? 0.9 : judgeCode(value, 0.8)),
  },
  {
    id: 'photo.code',
    class: 'PHOTO',
    on: ['photo', 'face', 'img', 'dsc'],
    regex: at(`(?:photo|face|img|dsc)(?:[-_][A-Z]{2,12})?[-_][A-Z]{0,6}\\d{2,12}(?:\\.\\w{3,4})?${END}`),
    score: 0.8,
  },
]
