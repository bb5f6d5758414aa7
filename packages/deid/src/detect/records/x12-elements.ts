import type { PhiClass } from '../../types.ts'

/** Short numbers of a sender or a transaction are counters, longer ones are its own. */
type Told = 'code' | 'control' | 'text'

/** What an element is: a class of identifier, a code, a control number, or text; with `by`, the element that says so and what it may say. */
export type X12Element =
  | PhiClass
  | Told
  | {
      readonly by: number
      readonly kinds: Readonly<Record<string, PhiClass | 'code' | 'control'>>
      readonly or: PhiClass | 'code' | 'text'
    }

const CONTACT: X12Element = {
  by: -1,
  kinds: { TE: 'PHONE', FX: 'FAX', EM: 'EMAIL', UR: 'URL', EX: 'PHONE', HP: 'PHONE', WP: 'PHONE' },
  or: 'PHONE',
}
const PERIOD: X12Element = {
  by: -1,
  kinds: { D8: 'DATE', RD8: 'DATE', D6: 'DATE', DT: 'DATE', TM: 'TIME', RD: 'DATE', CC: 'code' },
  or: 'DATE',
}

/**
 * Elements of the transactions of HIPAA (X12N 270 to 278, 820, 834, 835, 837; 45 CFR 162.1102 and following), by segment.
 * What is not listed is a code where it is short, else told by its shape.
 */
export const X12_ELEMENTS: Readonly<Record<string, Readonly<Record<number, X12Element>>>> = {
  ISA: {
    2: 'OTHER_ID',
    4: 'OTHER_ID',
    6: 'OTHER_ID',
    8: 'OTHER_ID',
    9: 'DATE',
    10: 'TIME',
    12: 'code',
    13: 'OTHER_ID',
  },
  IEA: { 2: 'OTHER_ID' },
  TA1: { 1: 'OTHER_ID', 2: 'DATE', 3: 'TIME' },
  GS: { 2: 'OTHER_ID', 3: 'OTHER_ID', 4: 'DATE', 5: 'TIME', 6: 'control', 8: 'code' },
  GE: { 2: 'control' },
  ST: { 2: 'control', 3: 'code' },
  SE: { 1: 'code', 2: 'control' },
  BHT: { 1: 'code', 3: 'OTHER_ID', 4: 'DATE', 5: 'TIME' },
  BGN: { 2: 'OTHER_ID', 3: 'DATE', 4: 'TIME', 6: 'OTHER_ID' },
  BPR: { 2: 'code', 7: 'ACCOUNT', 9: 'ACCOUNT', 10: 'OTHER_ID', 13: 'ACCOUNT', 15: 'ACCOUNT', 16: 'DATE' },
  TRN: { 2: 'OTHER_ID', 3: 'OTHER_ID', 4: 'OTHER_ID' },
  HL: { 1: 'code', 2: 'code', 3: 'code' },
  NM1: {
    3: { by: 2, kinds: { '1': 'NAME' }, or: 'text' },
    4: 'NAME',
    5: 'NAME',
    6: 'code',
    7: 'code',
    9: {
      by: 8,
      kinds: { '34': 'SSN', MI: 'PLAN_ID', XX: 'LICENCE', PI: 'control', XV: 'control', '46': 'control' },
      or: 'OTHER_ID',
    },
  },
  N1: { 2: { by: 1, kinds: { PR: 'FACILITY', PE: 'FACILITY', IN: 'NAME' }, or: 'FACILITY' }, 4: 'OTHER_ID' },
  N2: { 1: 'NAME', 2: 'NAME' },
  N3: { 1: 'STREET', 2: 'STREET' },
  N4: { 1: 'CITY', 2: 'code', 3: 'ZIP', 4: 'code', 6: 'COUNTY' },
  PER: { 2: 'NAME', 4: CONTACT, 6: CONTACT, 8: CONTACT },
  DMG: { 2: 'DATE', 3: 'code', 4: 'code', 5: 'code' },
  REF: {
    2: {
      by: 1,
      kinds: {
        SY: 'SSN',
        '0B': 'LICENCE',
        HPI: 'LICENCE',
        '87': 'code',
        D3: 'OTHER_ID',
        '1L': 'PLAN_ID',
        '0F': 'PLAN_ID',
        IG: 'PLAN_ID',
        EA: 'MRN',
        '1W': 'PLAN_ID',
      },
      or: 'OTHER_ID',
    },
    3: 'text',
  },
  DTP: { 2: 'code', 3: PERIOD },
  DTM: { 2: 'DATE', 3: 'TIME' },
  CLM: { 1: 'ACCOUNT', 2: 'code', 5: 'code', 11: 'code' },
  CLP: { 1: 'ACCOUNT', 3: 'code', 4: 'code', 5: 'code', 7: 'OTHER_ID' },
  CL1: { 1: 'code' },
  SBR: { 3: 'PLAN_ID', 4: 'EMPLOYER' },
  PAT: { 6: 'DATE', 8: 'code' },
  INS: { 9: 'code', 12: 'DATE' },
  HD: { 4: 'text' },
  COB: { 2: 'PLAN_ID' },
  DSB: { 8: 'code' },
  LUI: { 2: 'code', 3: 'text' },
  ICM: { 2: 'code' },
  EC: { 1: 'code' },
  HI: codes(12),
  SV1: codes(11),
  SV2: codes(7),
  SV3: codes(11),
  SVC: codes(7),
  SVD: { 1: 'OTHER_ID', 2: 'code', 3: 'code' },
  CAS: codes(19),
  AMT: codes(3),
  QTY: codes(3),
  PRV: codes(6),
  LX: codes(2),
  LQ: codes(2),
  CN1: codes(6),
  OI: codes(6),
  MIA: codes(24),
  MOA: codes(9),
  PLB: { 1: 'LICENCE', 2: 'DATE', 3: 'OTHER_ID', 5: 'OTHER_ID' },
  TS3: { 1: 'LICENCE', 3: 'DATE' },
  EB: { 5: 'text' },
  EQ: codes(5),
  AAA: codes(4),
  HSD: codes(8),
  UM: codes(9),
  HCR: { 1: 'code', 2: 'OTHER_ID' },
  CR1: codes(8),
  CRC: codes(7),
  PWK: { 6: 'OTHER_ID' },
  NTE: { 2: 'text' },
  MSG: { 1: 'text' },
  STC: { 1: 'code', 2: 'DATE', 4: 'code' },
  LS: codes(1),
  LE: codes(1),
  CTP: codes(6),
  LIN: codes(4),
}

function codes(count: number): Readonly<Record<number, X12Element>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [index + 1, 'code']))
}
