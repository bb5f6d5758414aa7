/**
 * Records as text for the second detector's training: HL7 v2, X12, CDA and FHIR of made-up people, with codes of made-up
 * and common things. Written apart from the first detector's tables; none of the records of the bench is among them.
 */
import type { CorpusLine } from './corpus/generate.ts'
import { joinPieces, type Piece } from './corpus/piece.ts'
import type { Random } from './corpus/random.ts'
import type { Surfaces } from './corpus/surfaces.ts'
import { HIDDEN, NEUTRAL } from './residual-slots.ts'
import { CDA, FHIR, HL7, X12 } from './residual-templates.ts'

type Made = Pick<CorpusLine, 'text' | 'spans'>

const SEGMENTS =
  'PID PD1 PV1 PV2 NK1 OBX OBR ORC DG1 AL1 GT1 IN1 IN2 IN3 RXA RXE RXO RXD RXR TXA SCH AIS AIL AIP AIG RGS SPM SAC NTE TQ1 FT1 PR1 ROL PRT ACC RF1 ARV UB2 MRG EVN MSA STF CTD ZPI ZPD'.split(
    ' ',
  )
const X12_SEGMENTS =
  'NM1 REF DTP AMT HL SBR CLM SV1 SV2 SVC CAS CLP EB HSD INS HD PER LX PRV HI UM N1 LIN K3 NTE MSG TRN PLB STC'.split(
    ' ',
  )
const NOTHING = [
  '[code]^[term]^[sys]',
  '[code]^[term]',
  '[local]',
  '[local]^[term]^L',
  '[num]',
  '[amount]',
  '[term]',
  '[short]',
  '[seq]',
  '[word]',
  '[loinc]^[TERM]^LN',
  '^[num]^[unit]',
  '[TERM]',
  '[year]',
  '[sct]^[term]^SCT^[local]^[term]^L',
]
const SOMEONE = [
  '{id}',
  '{id}^^^{auth}&[oid]&ISO^[kind]',
  '{family}^{given}',
  '{id}^{family}^{given}^^^[short]',
  '{date}',
  '{stamp}',
  '{phone}',
  '{street}^^{city}^[state]^{zip}',
  '{house}',
  '{family}',
  '{full}',
  '{ssn}',
]

const ALONE = [
  '[term]',
  '[term]',
  '[word]',
  '[word] [word]',
  '[term] (disorder)',
  '[loinc]',
  '[local]',
  '[day]',
  '[word]-[word]',
  '[TERM]',
  '[TERM] [TERM]',
  '[num] [unit]',
  '[maker]',
  '[system]',
  '[year]',
  '[word] [local]',
]
const ALONE_SOMEONE = [
  '{full}',
  '{family}',
  '{given}',
  '{city}',
  '{street}',
  '{house}',
  '{id}',
  '{isodate}',
  '{date}',
  '{phone}',
  '{doctor}',
  '{house}, {city}',
]
const MEMBERS =
  'code display text unit value title status description valueString name system type comment reason note category'.split(
    ' ',
  )

/** A value as it is looked at where all of a message is JSON: alone, or with the name of its member. */
function makeValue(random: Random, surfaces: Surfaces, terms: readonly string[]): Made {
  const pieces: Piece[] = []
  const template = random.pick(random.chance(0.3) ? ALONE_SOMEONE : ALONE)
  fill(random.chance(0.4) ? `"${random.pick(MEMBERS)}":"${template}"` : template, random, surfaces, terms, pieces)
  return joinPieces(pieces)
}

/** A segment whose fields stand where no table has them, as those of vendors do. */
function makeSegment(random: Random): string {
  const isX12 = random.chance(0.35)
  const fields = Array.from({ length: random.between(2, 14) }, () => {
    if (random.chance(0.35)) return ''
    const field = random.pick(random.chance(0.35) ? SOMEONE : NOTHING)
    return isX12 ? field.replaceAll(/[\^&]+/g, random.pick([':', '*'])) : field
  })
  return isX12
    ? `${random.pick(X12_SEGMENTS)}*${fields.join('*')}~\n`
    : `${random.pick(SEGMENTS)}|${fields.join('|')}\n`
}

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
  const kind = random.below(6)
  if (kind === 0) {
    if (random.chance(0.8)) put(HL7.head)
    some(HL7.body, 8)
  } else if (kind === 1) {
    if (random.chance(0.7)) put(X12.head)
    some(X12.body, 5)
    some(X12.more, 4)
    if (random.chance(0.5)) put(X12.foot)
  } else if (kind === 2) {
    if (random.chance(0.6)) put(CDA.head)
    some(CDA.body, 3)
  } else if (kind === 5) {
    return makeValue(random, surfaces, terms)
  } else if (kind === 3) {
    for (let left = random.between(2, 8); left > 0; left--) put(makeSegment(random))
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
