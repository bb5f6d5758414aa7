/**
 * Records as text for the second detector's training: HL7 v2, X12, CDA and FHIR of made-up people, with codes of made-up
 * and common things. Written apart from the first detector's tables; none of the records of the bench is among them.
 */
import type { CorpusLine } from './corpus/generate.ts'
import { joinPieces, type Piece } from './corpus/piece.ts'
import type { Random } from './corpus/random.ts'
import type { Surfaces } from './corpus/surfaces.ts'

type Made = Pick<CorpusLine, 'text' | 'spans'>

/** What a slot gives: an identifier, or a word that is none. */
type Slot = (random: Random, surfaces: Surfaces, terms: readonly string[]) => string

const pad = (value: number, width: number): string => String(value).padStart(width, '0')
const digits = (random: Random, least: number, most: number): string =>
  Array.from({ length: random.between(least, most) }, (_, i) => random.between(i === 0 ? 1 : 0, 9)).join('')
const date = (random: Random): string =>
  `${random.between(1930, 2026)}${pad(random.between(1, 12), 2)}${pad(random.between(1, 28), 2)}`
const time = (random: Random): string =>
  `${pad(random.below(24), 2)}${pad(random.below(60), 2)}${random.chance(0.5) ? '00' : ''}`
const isoDate = (random: Random): string => date(random).replace(/(....)(..)(..)/, '$1-$2-$3')
const hex = (random: Random, length: number): string =>
  Array.from({ length }, () => random.below(16).toString(16)).join('')
const caps = (random: Random, word: string): string => (random.chance(0.4) ? word.toUpperCase() : word)
const given = (random: Random, surfaces: Surfaces): string => {
  const group = random.pick(surfaces.groups)
  const pool = random.chance(0.5) ? group.female : group.male
  return pool.length === 0 ? given(random, surfaces) : random.pick(pool)
}
const surname = (random: Random, surfaces: Surfaces): string => {
  const { surnames } = random.pick(surfaces.groups)
  return surnames.length === 0 ? surname(random, surfaces) : random.pick(surnames)
}
const street = (random: Random, surfaces: Surfaces): string =>
  `${random.between(1, 9999)} ${random.pick(surfaces.streets)} ${random.pick(['St', 'Road', 'Ave', 'LANE', 'Dr.', 'Way'])}`
const words = (random: Random, terms: readonly string[]): string =>
  Array.from({ length: random.between(1, 4) }, (_, i) => {
    const word = random.pick(random.chance(0.35) ? terms : COMMON)
    return i === 0 || random.chance(0.4) ? word.charAt(0).toUpperCase() + word.slice(1) : word.toLowerCase()
  }).join(random.chance(0.1) ? ', ' : ' ')

const IDENTIFIERS: Readonly<Record<string, Slot>> = {
  family: (random, surfaces) => caps(random, surname(random, surfaces)),
  given: (random, surfaces) => caps(random, given(random, surfaces)),
  full: (random, surfaces) => caps(random, `${given(random, surfaces)} ${surname(random, surfaces)}`),
  doctor: (random, surfaces) => `Dr. ${given(random, surfaces)} ${surname(random, surfaces)}`,
  street: (random, surfaces) => caps(random, street(random, surfaces)),
  city: (random, surfaces) => caps(random, random.pick(surfaces.cities)),
  zip: (random) => digits(random, 5, 5),
  id: (random) =>
    random.chance(0.3) ? `${random.pick(['A', 'MR', 'P-', 'X'])}${digits(random, 4, 8)}` : digits(random, 4, 10),
  date,
  stamp: (random) =>
    `${date(random)}${time(random)}${random.chance(0.4) ? `${random.pick(['+', '-'])}0${random.between(1, 9)}00` : ''}`,
  isodate: isoDate,
  isostamp: (random) =>
    `${isoDate(random)}T${pad(random.below(24), 2)}:${pad(random.below(60), 2)}:00${random.pick(['Z', '-05:00', '+01:00'])}`,
  phone: (random) =>
    random.chance(0.5)
      ? `(${digits(random, 3, 3)})${digits(random, 3, 3)}-${digits(random, 4, 4)}`
      : digits(random, 10, 10),
  uuid: (random) => `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`,
  house: (random, surfaces) =>
    caps(
      random,
      `${random.pick(surfaces.facilities)} ${random.pick(['Hospital', 'Clinic', 'Medical Center', 'Health'])}`,
    ),
}

const COMMON = (
  'glucose hemoglobin hematocrit leukocytes platelets creatinine sodium potassium chloride calcium albumin bilirubin cholesterol triglycerides ' +
  'panel serum plasma blood urine count volume mass mean body weight height rate pressure systolic diastolic heart respiratory temperature oral ' +
  'essential hypertension diabetes mellitus type asthma pneumonia bronchitis fracture sprain injury disorder finding procedure regime therapy ' +
  'acute chronic mild moderate severe left right arm leg chest head hand foot abdominal pain cough fever nausea vomiting allergy penicillin latex ' +
  'peanut influenza vaccine hepatitis tetanus toxoid measles mumps rubella preservative free adult pediatric intramuscular subcutaneous intravenous ' +
  'tablet capsule solution injection suspension oral topical dose daily twice metformin lisinopril amlodipine simvastatin albuterol ibuprofen ' +
  'emergency outpatient inpatient ambulatory office visit encounter check up admission discharge transfer report status active inactive final ' +
  'preliminary corrected confirmed resolved medical record number account visit legal official usual home work mobile primary secondary spouse ' +
  'mother father child self emergency contact employer single married divorced widowed never unknown white black asian hispanic latino american ' +
  'indian african pacific islander english spanish male female general practice practitioner cardiology surgery pediatrics radiology laboratory ' +
  'nursing nurse physician provider attending referring consulting admitting care hospital clinic pharmacy insurance plan coverage payer group ' +
  'commercial medicare medicaid claim service line amount paid charge coinsurance deductible adjudication submitted allowed benefit payment ' +
  'screening assessment smoking tobacco former never smoker alcohol use functional cognitive status results reactions problems history social ' +
  'family vital signs plan of treatment chief complaint reason immunizations section document continuity summary progress note consultation ' +
  'collected specimen sample culture organism identified method automated manual differential buffy coat direct ratio fraction per hour day'
).split(' ')
const SEGMENT_CODES =
  'ADT^A01^ADT_A01 ADT^A04 ADT^A08^ADT_A01 ORU^R01^ORU_R01 ORM^O01 VXU^V04^VXU_V04 MDM^T02 SIU^S12 DFT^P03 OML^O21'.split(
    ' ',
  )
const SYSTEMS =
  'LN SCT I9 I10 CVX MVX NCIT HL70001 HL70203 UCUM CDCREC C4 NDC L ISO RXNORM HL70005 HL70443 SNOMED'.split(' ')

const NEUTRAL: Readonly<Record<string, Slot>> = {
  term: (random, _, terms) => words(random, terms),
  TERM: (random, _, terms) => words(random, terms).toUpperCase(),
  code: (random) =>
    random.pick([
      `${digits(random, 3, 5)}-${random.below(10)}`,
      digits(random, 6, 9),
      `${random.pick('ABCDEIJKMNRSZ'.split(''))}${digits(random, 2, 2)}.${random.below(10)}`,
      digits(random, 3, 6),
      `${digits(random, 9, 11)}`,
      `${digits(random, 4, 5)}-${digits(random, 4, 4)}-${digits(random, 2, 2)}`,
      `${random.pick(['RAD', 'PSS', 'DF', 'ORD', 'LAB', 'MD', 'PN', 'AP', 'X'])}-${digits(random, 1, 3)}`,
    ]),
  loinc: (random) => `${digits(random, 3, 5)}-${random.below(10)}`,
  sct: (random) => digits(random, 7, 16),
  oid: (random) =>
    `2.16.840.1.113883.${random.pick(['6.1', '6.96', '5.4', '5.1', '3.26.1.1', '6.238', '11.19185', `10.20.22.4.${random.between(1, 90)}`, `10.20.22.2.${random.between(1, 30)}.1`, `${random.between(3, 12)}.${digits(random, 1, 4)}`])}`,
  sys: (random) => random.pick(SYSTEMS),
  type: (random) => random.pick(SEGMENT_CODES),
  num: (random) => (random.chance(0.4) ? `${random.below(300)}.${random.below(10)}` : String(random.below(5000))),
  unit: (random) =>
    random.pick([
      'mg/dL',
      'mmol/L',
      '%',
      'g/dL',
      'mm[Hg]',
      'kg',
      'cm',
      '10*3/uL',
      'U/L',
      '/min',
      'tera.l-1',
      'mEq/L',
      'Cel',
      'a',
      'beats/min',
    ]),
  flag: (random) => random.pick(['', 'H', 'L', 'N', 'A', 'HH', 'AD', 'F', 'P', 'AN']),
  sex: (random) => random.pick(['M', 'F', 'U']),
  state: (random) =>
    random.pick('AL AK AZ CA CO CT FL GA IA IL KS MA MD MI MN MO NC NJ NV NY OH OK OR PA TX VA WA WI'.split(' ')),
  land: (random) => random.pick(['USA', 'US', 'USA', 'CAN', 'MX', '']),
  short: (random) =>
    random.pick(
      '1 2 3 A B C D E I L M N O P R S T U V AD BP CP PH FX PRN WPN NET ORN HOME MR SS VN PI DN NPI MD PHD RN DO Dr Mrs AND OBS EI XX'.split(
        ' ',
      ),
    ),
  app: (random) =>
    random.pick([
      'EPIC',
      'CERNER',
      'LABAPP',
      'ADTApp',
      'SIMHOSP',
      'EHRApp',
      'RADIS',
      'IMMAPP',
      'GHH LAB',
      'MEDDIC',
      'ORDApp',
      'Rhapsody',
      'MIRTH',
      'HIS',
    ]),
  ver: (random) => random.pick(['2.3', '2.3.1', '2.4', '2.5', '2.5.1', '2.6', '2.7', '2.8']),
  seq: (random) => String(random.between(1, 12)),
  big: (random) => digits(random, 3, 5),
  word: (random, _, terms) => random.pick(random.chance(0.5) ? COMMON : terms).toLowerCase(),
  vs: (random) =>
    random.pick([
      'observation-category',
      'v3-MaritalStatus',
      'v2-0203',
      'claim-type',
      'adjudication',
      'condition-clinical',
      'organization-type',
      'processpriority',
      'v3-ActCode',
      'us-core-race',
      'us-core-birthsex',
      'patient-birthPlace',
      'diagnosis-role',
      'ex-serviceplace',
    ]),
  resource: (random) =>
    random.pick(
      'Observation Condition Procedure MedicationRequest Encounter Immunization DiagnosticReport CarePlan Claim AllergyIntolerance Device CareTeam DocumentReference'.split(
        ' ',
      ),
    ),
  person: (random) => random.pick(['Patient', 'Patient', 'Practitioner', 'RelatedPerson', 'Person']),
  sectionName: (random) =>
    random.pick(
      'component entry observation act substanceAdministration supply procedure encounter organizer manufacturedProduct section'.split(
        ' ',
      ),
    ),
}

/** `{slot}` is an identifier, `[slot]` is none. */
const HL7 = {
  head: 'MSH|^~\\&|[app]|{house}|[app]|{house}|{stamp}||[type]|{id}|P|[ver]|||AL|NE\n',
  body: [
    'EVN|A0[seq]|{stamp}||[seq]|{id}^{family}^{given}^^^[short]|{stamp}\n',
    'PID|[seq]||{id}^^^[app]^MR~{id}^^^[app]^SS||{family}^{given}^{given}^[short]^^^L|{family}^{given}|{date}|[sex]||[code]^[term]^HL70005|{street}^^{city}^[state]^{zip}^[land]^H||{phone}^PRN^Internet^^^{big2}|{phone}^WPN|eng^English^HL70296|M^Married^HL70002|CHR|{id}|{ssn}|||H^[term]^HL70189||N||||[term]\n',
    'PID|1||{id}||{family}^{given}||{date}|[sex]|||{street}^^{city}^[state]^{zip}||{phone}\n',
    'PD1|||{house}^^^[app]|{id}^{family}^{given}^^^Dr^MD^^[app]|||||||[short]|||A|{date}\n',
    'NK1|[seq]|{family}^{given}^^^^^L|MTH^Mother^HL70063|{street}^^{city}^[state]^{zip}^[land]|{phone}^PRN^PH||EC^Emergency Contact\n',
    'PV1|[seq]|I|{house}^{big2}^[short]^{house}|R|||{id}^{family}^{given}^[short]^^DR^MD|{id}^{family}^{given}|||[short]|||||A0||{id}^{family}^{given}^^^Dr|INP|{id}|||||||||||||||||||{house}|||||{stamp}|{stamp}\n',
    'PV2|||[code]^[term]^[sys]||||||||||[term]\n',
    'ORC|RE|{id}^[app]|{id}^[app]||CM||^^^{stamp}||{stamp}|{id}^{family}^{given}||{id}^{family}^{given}^[short]^^^MD||{phone}|{stamp}\n',
    'OBR|[seq]|{id}^[app]|{id}^[app]|[loinc]^[TERM]^LN|||{stamp}|{stamp}||||[short]||{stamp}|[short]&[term]&HL70070|{id}^{family}^{given}^^^^MD|{phone}||||||{stamp}||LAB|F||||||[code]^[term]^[sys]\n',
    'OBX|[seq]|NM|[loinc]^[TERM]^LN||[num]|[unit]|[num]-[num]|[flag]|||F|||{stamp}|[app]^[term]^[sys]|{id}^{family}^{given}\n',
    'OBX|[seq]|CWE|[loinc]^[term]^LN|1|[sct]^[term]^SCT||||||F|||{date}||||\n',
    'OBX|[seq]|SN|[loinc]^[TERM]:[TERM]^LN||^[num]|[unit]^[term]^UCUM|[num]_[num]|[flag]|||F\n',
    'OBX|[seq]|TX|[loinc]^[term]^L||[term]. [term] without [word], [word] and [word].||||||F|||{stamp}\n',
    'NTE|[seq]|L|[term] [word] [word]. [term].\n',
    'AL1|[seq]|DA|[code]^[TERM]^[sys]|MO|[term]|{date}\n',
    'DG1|[seq]|I10|[code]^[term]^I10|[term]|{stamp}|[short]|||||||||{id}^{family}^{given}\n',
    'PR1|[seq]||[sct]^[term] (procedure)^SCT|[term], [word]|{stamp}|[short]||{id}^{family}^{given}\n',
    'GT1|[seq]|{id}|{family}^{given}||{street}^^{city}^[state]^{zip}|{phone}||{date}|[sex]|P/F|SEL|{ssn}||||{house}|{street}^^{city}^[state]^{zip}|{phone}||FT\n',
    'IN1|[seq]|[app]^[term]|{id}|[term]|{street}^^{city}^[state]^{zip}|{family}^{given}|{phone}|{id}|[term]||[term]|{date}|{date}||HMO|{family}^{given}|SEL^Self|{date}|{street}^^{city}^[state]^{zip}|||||||||||||||||{id}\n',
    'RXA|0|1|{date}|{date}|[big]^[term], [word], [word]^CVX|0.5|mL^[term]^UCUM||00^[term]^NIP001|{id}^{family}^{given}^^^^^[app]|^^^[app]||||{id}|{date}|[short]^[term] [term]^MVX|||CP|A\n',
    'RXE|^^^{stamp}|[big]^[TERM] [num] MG [TERM]^NDC|[num]||[short]^[term]|[short]^[term]|^[term]\n',
    'SFT|[app]|[ver].[big]|[app]|[ver]|[term]|{stamp}\n',
    'ORC|RE|{id}|{id}||CM||[code]^[term]^[sys]|||[code]^[term]^L||[term]||||[code]^[term]^[sys]^[code]^[term]^L\n',
    'OBX|[seq]|[short]|[code]^[term]^[sys]^[code]^[term]^L|[seq]|[code]^[term]^[sys]|[unit]^[term]^UCUM|[num]|[flag]|[num]|[short]|F|||{stamp}|[code]^[term]^L||[code]^[term]^[sys]\n',
    'STF|[seq]|{id}|{family}^{given}|[short]|[sex]|{date}|A|[code]^[term]|[code]^[term]|{phone}^WPN^Internet^[short]\n',
    'RXR|C[big]^Intramuscular^NCIT|LD^Left Arm^HL70163\n',
    'SPM|[seq]|{id}||[short]^[term]^HL70487|||||||P||||||{stamp}|{stamp}\n',
    'TXA|[seq]|[short]^[term]|TX|{stamp}|{id}^{family}^{given}^^^^MD|{stamp}|||||||{id}|||[term]|LA||AV\n',
    'SCH|{id}|{id}|||[code]^[term]|[code]^[term]^[sys]|[term]|30|min|^^30^{stamp}^{stamp}|{id}^{family}^{given}|{phone}|||{id}^{family}^{given}\n',
    'FT1|[seq]|||{stamp}||CG|[code]^[term]^C4|||[seq]|[num]||||||{house}\n',
    'ROL|[seq]|AD|PP^Primary Care Provider^HL70443|{id}^{family}^{given}^[short]^^DR^PHD|{stamp}||||[sct]^[term]^SNOMED|2^Physician Clinic^HL70406|{street}^^{city}^[state]^{zip}|{phone}\n',
    'PRT|[seq]|AD||AP^Admitting Provider^HL70912|{id}^{family}^{given}\n',
    'MRG|{id}^^^[app]||{id}\n',
  ],
} as const

const X12 = {
  head: 'ISA*00*          *00*          *ZZ*[app]         *ZZ*[app]         *{yymmdd}*{hhmm}*U*00401*{id}*1*P*:~\nGS*HC*[app]*[app]*{date}*{hhmm}*[big]*X*004010X098A1~\nST*837*[big]~\nBHT*0019*00*{id}*{date}*{hhmm}*RP~\nREF*87*004010X098A1~\n',
  body: [
    'NM1*41*2*[TERM] [TERM]*****46*[big]~\nPER*IC*{full}*TE*{phone}~\n',
    'NM1*85*2*{house}*****XX*{id}~\nN3*{street}~\nN4*{city}*[state]*{zip}~\nREF*EI*{id}~\n',
    'HL*[seq]*[seq]*22*0~\nSBR*P*18*{id}******MC~\nNM1*IL*1*{family}*{given}*[short]***MI*{id}~\nN3*{street}~\nN4*{city}*[state]*{zip}~\nDMG*D8*{date}*[sex]~\n',
    'NM1*QC*1*{family}*{given}****MI*{id}~\n',
    'NM1*PR*2*[TERM] [TERM]*****PI*[big]~\n',
    'CLM*{id}*[num]***11:B:1*Y*A*Y*Y~\nHI*BK:[big]*BF:[big]~\nNM1*82*1*{family}*{given}****XX*{id}~\nPRV*PE*ZZ*103T00000X~\n',
    'LX*[seq]~\nSV1*HC:[big]:TT*[num]*UN*[seq]***1~\nDTP*472*D8*{date}~\nREF*6R*{id}~\nAMT*AAE*[num]~\nSVD*{id}*[num]*HC:H[big]:TT**12~\n',
    'CLP*{id}*1*[num]*[num]*[num]*12*{id}*11*1~\nCAS*CO*45*[num]~\nSVC*HC:[big]*[num]*[num]**1~\nDTM*472*{date}~\n',
    'INS*Y*18*030*XN*A***FT~\nREF*0F*{id}~\nREF*SY*{ssn}~\nHD*024**HLT*[TERM]~\nDTP*348*D8*{date}~\n',
    'BPR*I*[num]*C*ACH*CCP*01*{id}*DA*{id}*{id}**01*{id}*DA*{id}*{date}~\nTRN*1*{id}*{id}~\nN1*PR*[TERM] [TERM]~\n',
    'EB*1**30**[TERM] [TERM]~\nHSD*VS*[seq]***34*1~\nMSG*[TERM] [TERM]~\n',
  ],
  foot: 'SE*[big]*[big]~\nGE*1*[big]~\nIEA*1*{id}~\n',
} as const

const FHIR = [
  '{"resourceType":"[person]","id":"{uuid}","meta":{"versionId":"1","lastUpdated":"{isostamp}","profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"]},"text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">[term]</div>"},"extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/[vs]","extension":[{"url":"ombCategory","valueCoding":{"system":"urn:oid:[oid]","code":"[loinc]","display":"[term]"}}]},{"url":"http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName","valueString":"{full}"}],"identifier":[{"use":"usual","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/[vs]","code":"MR","display":"Medical Record Number"}],"text":"Medical Record Number"},"value":"{id}"}],"name":[{"use":"official","family":"{family}","given":["{given}","{given}"],"prefix":["Mr."]}],"telecom":[{"system":"phone","value":"{phone}","use":"home"}],"gender":"female","birthDate":"{isodate}","address":[{"line":["{street}"],"city":"{city}","state":"[state]","postalCode":"{zip}","country":"US"}],"maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M","display":"[term]"}],"text":"[term]"},"multipleBirthBoolean":false,"communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"en-US","display":"English"}],"text":"English"}}]}',
  '{"resourceType":"Observation","id":"{uuid}","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital Signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"[loinc]","display":"[term]"}],"text":"[term]"},"subject":{"reference":"Patient/{uuid}","display":"{full}"},"encounter":{"reference":"Encounter/{uuid}"},"effectiveDateTime":"{isostamp}","issued":"{isostamp}","valueQuantity":{"value":[num],"unit":"[unit]","system":"http://unitsofmeasure.org","code":"[unit]"},"interpretation":[{"text":"[term]"}],"note":[{"text":"[term] [word] [word]. [term]."}]}',
  '{"resourceType":"[resource]","id":"{id}","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active","display":"Active"}]},"code":{"coding":[{"system":"http://snomed.info/sct","code":"[sct]","display":"[term] (disorder)"}],"text":"[term] (disorder)"},"subject":{"reference":"Patient/{id}"},"performer":[{"reference":"Practitioner/{id}","display":"{doctor}"}],"onsetDateTime":"{isodate}","recordedDate":"{isostamp}","bodySite":[{"coding":[{"system":"http://snomed.info/sct","code":"[sct]","display":"[term]"}]}]}',
  '{"resourceType":"MedicationRequest","id":"{uuid}","status":"active","intent":"order","medicationCodeableConcept":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"[sct]","display":"[term] [num] MG Oral Tablet"}],"text":"[term] [num] MG Oral Tablet"},"subject":{"reference":"urn:uuid:{uuid}"},"authoredOn":"{isostamp}","requester":{"reference":"Practitioner/{uuid}","display":"{doctor}"},"dosageInstruction":[{"sequence":1,"text":"[term] [word] [word]","timing":{"repeat":{"frequency":1,"period":1.0,"periodUnit":"d"}},"asNeededBoolean":false}]}',
  '{"resourceType":"Encounter","id":"{uuid}","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"type":[{"coding":[{"system":"http://snomed.info/sct","code":"[sct]","display":"[term]"}],"text":"[term]"}],"subject":{"reference":"Patient/{uuid}","display":"{full}"},"participant":[{"individual":{"display":"{doctor}"}}],"period":{"start":"{isostamp}","end":"{isostamp}"},"serviceProvider":{"reference":"Organization/{uuid}","display":"{house}"},"location":[{"location":{"display":"{house}"}}]}',
  '{"resourceType":"Claim","id":"{uuid}","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},"billablePeriod":{"start":"{isostamp}","end":"{isostamp}"},"provider":{"display":"{house}"},"insurance":[{"sequence":1,"focal":true,"coverage":{"display":"[term]"}}],"item":[{"sequence":[seq],"category":{"coding":[{"system":"https://bluebutton.cms.gov/resources/variables/line_cms_type_srvc_cd","code":"1","display":"[term]"}]},"adjudication":[{"category":{"coding":[{"system":"https://bluebutton.cms.gov/resources/codesystem/adjudication","code":"https://bluebutton.cms.gov/resources/variables/line_sbmtd_chrg_amt","display":"[term] [term]"}]},"amount":{"value":[num],"currency":"USD"}}]}],"extension":[{"url":"[word]","valueInteger":[big]},{"url":"[word]","valueDecimal":[num]}]}',
  '{"resourceType":"Organization","id":"{uuid}","active":true,"type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/organization-type","code":"prov","display":"[term]"}],"text":"[term]"}],"name":"{house}","telecom":[{"system":"phone","value":"{phone}"}],"address":[{"line":["{street}"],"city":"{city}","state":"[state]","postalCode":"{zip}","country":"US"}]}',
]

const CDA = {
  head: '<?xml version="1.0"?>\n<ClinicalDocument xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc">\n\t<realmCode code="US"/>\n\t<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>\n\t<templateId root="[oid]" extension="2015-08-01"/>\n\t<id extension="{id}" root="[oid]"/>\n\t<code codeSystem="[oid]" codeSystemName="LOINC" code="[loinc]" displayName="[term]"/>\n\t<title>[term] [term]</title>\n\t<effectiveTime value="{stamp}"/>\n\t<languageCode code="en-US"/>\n',
  body: [
    '<recordTarget>\n<patientRole>\n<id extension="{id}" root="[oid]"/>\n<addr use="HP">\n<!-- HP is "[word] [word]" from codeSystem [oid] -->\n<streetAddressLine>{street}</streetAddressLine>\n<city>{city}</city>\n<state>[state]</state>\n<postalCode>{zip}</postalCode>\n<country>US</country>\n<!-- US is "United States" from ISO 3166-1 Country Codes: 1.0.3166.1 -->\n</addr>\n<telecom value="tel:{phone}" use="HP"/>\n<patient>\n<name use="L">\n<!-- L is "Legal" from HL7 EntityNameUse [oid] -->\n<prefix>Mr.</prefix>\n<given>{given}</given>\n<given qualifier="CL">{given}</given>\n<family>{family}</family>\n<suffix>MD</suffix>\n</name>\n<administrativeGenderCode code="[sex]" codeSystem="[oid]" displayName="[term]"/>\n<birthTime value="{date}"/>\n<raceCode code="[loinc]" displayName="[term]" codeSystem="[oid]" codeSystemName="Race &amp; Ethnicity - CDC"/>\n<guardian>\n<code code="MTH" displayName="Mother" codeSystem="[oid]"/>\n<guardianPerson>\n<name><given>{given}</given><family>{family}</family></name>\n</guardianPerson>\n</guardian>\n</patient>\n<providerOrganization>\n<id root="[oid]"/>\n<name>{house}</name>\n</providerOrganization>\n</patientRole>\n</recordTarget>\n',
    '<author>\n<time value="{stamp}"/>\n<assignedAuthor>\n<id extension="{id}" root="2.16.840.1.113883.4.6"/>\n<code code="[code]" codeSystem="[oid]" displayName="[term]"/>\n<addr><streetAddressLine>{street}</streetAddressLine><city>{city}</city><state>[state]</state><postalCode>{zip}</postalCode><country>USA</country></addr>\n<telecom use="WP" value="tel:{phone}"/>\n<assignedPerson><name><given>{given}</given><family>{family}</family></name></assignedPerson>\n</assignedAuthor>\n</author>\n',
    '<component>\n<section>\n<templateId root="[oid]"/>\n<!-- **** [term] [term] template **** -->\n<code code="[loinc]" codeSystem="[oid]" codeSystemName="LOINC" displayName="[TERM]"/>\n<title>[TERM]</title>\n<text>\n<table border="1" width="100%">\n<thead><tr><th>[term]</th><th>[term]</th><th>Date</th></tr></thead>\n<tbody><tr><td>[term], [word]</td><td><content ID="[word][seq]">[term]</content></td><td>{isodate}</td></tr></tbody>\n</table>\n</text>\n<entry typeCode="DRIV">\n<[sectionName] classCode="OBS" moodCode="EVN">\n<templateId root="[oid]"/>\n<id root="{uuid}"/>\n<code code="[sct]" codeSystem="[oid]" displayName="[term]"/>\n<text><reference value="#[word][seq]"/></text>\n<statusCode code="completed"/>\n<effectiveTime xsi:type="IVL_TS"><low value="{date}"/><high nullFlavor="UNK"/></effectiveTime>\n<value xsi:type="PQ" value="[num]" unit="[unit]"/>\n<value xsi:type="CD" code="[sct]" codeSystem="[oid]" codeSystemName="SNOMED CT" displayName="[term]"><originalText>[term]</originalText></value>\n</[sectionName]>\n</entry>\n</section>\n</component>\n',
    '<component><section><title>[TERM] [TERM]</title><text>[term] [word] [word] with [word]. [term] was [word]. Seen by {doctor} on {isodate}.</text></section></component>\n',
    '<legalAuthenticator>\n<time value="{date}"/>\n<signatureCode code="S"/>\n<assignedEntity>\n<id extension="{id}" root="[oid]"/>\n<assignedPerson>\n<name>\n<given>{given}</given>\n<family>{family}</family>\n<suffix>MD</suffix>\n</name>\n</assignedPerson>\n<representedOrganization><name>{house}</name></representedOrganization>\n</assignedEntity>\n</legalAuthenticator>\n',
  ],
} as const

const MORE: Readonly<Record<string, Slot>> = {
  big2: (random) => digits(random, 3, 7),
  ssn: (random) =>
    random.chance(0.5)
      ? digits(random, 9, 9)
      : `${digits(random, 3, 3)}-${digits(random, 2, 2)}-${digits(random, 4, 4)}`,
  yymmdd: (random) => date(random).slice(2),
  hhmm: (random) => `${pad(random.below(24), 2)}${pad(random.below(60), 2)}`,
}
const HIDDEN: Readonly<Record<string, Slot>> = { ...IDENTIFIERS, ...MORE }

/** A record of a format that the number picks, whole or a part, alone or below a sentence. */
export function makeRecord(random: Random, surfaces: Surfaces, terms: readonly string[]): Made {
  const pieces: Piece[] = []
  if (random.chance(0.5))
    pieces.push({
      text: random.pick([
        'Please summarise this message:\n\n',
        'What does this say?\n```\n',
        'Explain the results below.\n\n',
        'Here is the record.\n```json\n',
      ]),
    })
  const put = (template: string): void => fill(template, random, surfaces, terms, pieces)
  const some = (templates: readonly string[], most: number): void => {
    for (let left = random.between(1, most); left > 0; left--) put(random.pick(templates))
  }
  const kind = random.below(4)
  if (kind === 0) {
    if (random.chance(0.8)) put(HL7.head)
    some(HL7.body, 8)
  } else if (kind === 1) {
    if (random.chance(0.7)) put(X12.head)
    some(X12.body, 5)
    if (random.chance(0.5)) put(X12.foot)
  } else if (kind === 2) {
    if (random.chance(0.6)) put(CDA.head)
    some(CDA.body, 3)
  } else {
    const isBundle = random.chance(0.4)
    if (isBundle) put('{"resourceType":"Bundle","type":"searchset","entry":[{"fullUrl":"urn:uuid:{uuid}","resource":')
    const template = random.pick(FHIR)
    put(random.chance(0.5) ? template : spread(template))
    if (isBundle) put(',"search":{"mode":"match"}}]}')
  }
  return joinPieces(pieces)
}

/** As programs print JSON for people to read. */
function spread(template: string): string {
  return template
    .replace(/":(?=["[{\dtf])/g, '": ')
    .replace(/,"/g, ',\n    "')
    .replace(/([[{])"/g, '$1\n    "')
}

const SLOT = /\{(\w+)\}|\[(\w+)\]/g

function fill(template: string, random: Random, surfaces: Surfaces, terms: readonly string[], pieces: Piece[]): void {
  let at = 0
  for (const { 0: whole, 1: hidden, 2: neutral, index } of template.matchAll(SLOT)) {
    const slot = hidden === undefined ? NEUTRAL[neutral ?? ''] : HIDDEN[hidden]
    if (!slot) continue
    pieces.push({ text: template.slice(at, index) })
    const text = slot(random, surfaces, terms)
    pieces.push(hidden === undefined ? { text } : { text, label: { class: 'OTHER_ID', role: 'unknown' } })
    at = index + whole.length
  }
  pieces.push({ text: template.slice(at) })
}
