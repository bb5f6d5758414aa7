/**
 * Who may do what, for which purpose, on which data, down to the field. Written by hand from the text of the rules, not from
 * the policies: the two are compared cell by cell (45 CFR 164.312(a)(1), 164.308(a)(4), 164.514(d)(2)).
 */
const ROLES = [
  'application',
  'clinician',
  'billing-specialist',
  'data-scientist',
  'administrator',
  'security-officer',
  'privacy-officer',
  'key-administrator',
  'auditor',
] as const
type Role = (typeof ROLES)[number]

// HMARKT stands for every purpose that nothing opens.
const PURPOSES = ['TREAT', 'ETREAT', 'HPAYMT', 'HOPERAT', 'HRESCH', 'PUBHLTH', 'HMARKT'] as const
type Purpose = (typeof PURPOSES)[number]

const DATA_CLASSES = ['synthetic', 'de-identified', 'limited-data-set', 'phi'] as const
const BASES = ['none', 'authorisation', 'waiver', 'data-use-agreement', 'public-health'] as const
const STORES = ['patient-record', 'training-data', 'feature-store', 'inference-log'] as const

// One column a field. y: may; a: with the patient's authorisation only (164.508(a)(2)); a dot: may not.
const FIELD_NAMES =
  'name contact birth-date service-date zip ssn mrn plan-id account diagnosis procedure medication result note psychotherapy-note image amount'
const FIELDS = FIELD_NAMES.split(' ')

// prettier-ignore
const READS: readonly (readonly [Role, Purpose | 'TPO', (typeof STORES)[number], string, 'any' | 'no-phi'])[] = [
  //                                          na co bi se zi ss mr pl ac di pr me re no ps im am
  ['application', 'TPO', 'patient-record', 'y . y y y . y . . y y y y y . . .', 'any'],
  ['application', 'TPO', 'feature-store', 'y . y y y . y . . y y y y y . . .', 'any'],
  ['clinician', 'TREAT', 'patient-record', 'y y y y y . y . . y y y y y a y .', 'any'],
  ['clinician', 'ETREAT', 'patient-record', 'y y y y y y y y y y y y y y a y y', 'any'],
  ['billing-specialist', 'HPAYMT', 'patient-record', 'y y y y y . . y y y y . . . . . y', 'any'],
  ['data-scientist', 'HRESCH', 'training-data', '. . y y y . . . . y y y y . . . y', 'no-phi'],
  ['data-scientist', 'HRESCH', 'feature-store', '. . y y y . . . . y y y y . . . y', 'no-phi'],
]

const WRITES: typeof READS = [['clinician', 'TREAT', 'patient-record', '. . . . . . . . . y y y y y . . .', 'any']]

const SENDS: readonly (readonly [Role, Purpose | 'TPO', 'any' | 'no-phi'])[] = [
  ['application', 'TPO', 'any'],
  ['application', 'HRESCH', 'any'],
  ['application', 'PUBHLTH', 'any'],
  ['clinician', 'TREAT', 'any'],
  ['clinician', 'ETREAT', 'any'],
  ['billing-specialist', 'HPAYMT', 'any'],
  ['data-scientist', 'HRESCH', 'no-phi'],
]

const TRAINS: typeof SENDS = [
  ['application', 'HRESCH', 'any'],
  ['data-scientist', 'HRESCH', 'no-phi'],
]

const CLASSES =
  'NAME INITIALS STREET CITY COUNTY STATE COUNTRY ZIP GEO FACILITY DATE TIME DATE_PART YEAR AGE PHONE FAX EMAIL SSN MRN PLAN_ID ACCOUNT LICENCE VEHICLE DEVICE URL IP BIOMETRIC PHOTO OTHER_ID USERNAME CHARACTERISTIC EMPLOYER LITERAL'.split(
    ' ',
  )

/** Classes of identifiers that go back into an answer; `needsRight`: only to whom restoring was given. */
const RESTORES: readonly (readonly [Role, Purpose | 'TPO', (name: string) => boolean, { needsRight: boolean }])[] = [
  ['application', 'TPO', (name) => !['SSN', 'ACCOUNT', 'BIOMETRIC'].includes(name), { needsRight: true }],
  ['clinician', 'TREAT', (name) => !['SSN', 'ACCOUNT', 'PLAN_ID'].includes(name), { needsRight: true }],
  ['clinician', 'ETREAT', () => true, { needsRight: false }],
  [
    'billing-specialist',
    'HPAYMT',
    (name) => 'NAME STREET CITY STATE ZIP DATE YEAR PLAN_ID FACILITY LITERAL'.split(' ').includes(name),
    { needsRight: true },
  ],
]

// One column a role, in the order of ROLES. y: may; a dot: may not; s: a person with a fresh second factor.
const ADMINISTERS: Readonly<Record<string, string>> = {
  //                  ap cl bi da ad se pr ke au
  readLedger: '       .  .  .  .  y  y  y  .  y',
  readConfiguration: '.  .  .  .  y  y  y  .  y',
  manageProviders: '  .  .  .  .  y  .  .  .  .',
  manageAgreements: ' .  .  .  .  y  .  .  .  .',
  managePrincipals: ' .  .  .  .  y  .  .  .  .',
  manageIdentity: '   .  .  .  .  y  .  .  .  .',
  manageSessions: '   .  .  .  .  y  y  .  .  .',
  draftPolicy: '      .  .  .  .  y  .  .  .  .',
  approvePolicy: '    .  .  .  .  y  y  y  .  .',
  explainPolicy: '    .  .  .  .  y  y  y  .  y',
  recordBasis: '      .  .  .  .  y  .  y  .  .',
  requestAccess: '    p  p  p  p  y  p  p  p  p',
  approveAccess: '    .  .  .  .  y  y  y  .  .',
  breakGlass: '       .  s  .  .  .  .  .  .  .',
  recertify: '        .  .  .  .  y  y  y  .  .',
  manageKeys: '       .  .  .  .  .  .  .  y  .',
  shredKeys: '        .  .  .  .  .  .  .  y  .',
  releaseKey: '       y  .  .  .  .  .  .  .  .',
  freeze: '           .  .  .  .  y  y  y  .  .',
  unfreeze: '         .  .  .  .  y  y  .  .  .',
  submitBatch: '      y  .  .  .  .  .  .  .  .',
  manageKept: '       .  .  .  .  y  .  y  .  .',
  readKept: '         .  .  .  .  .  .  y  .  .',
  curateEvaluation: ' .  .  .  .  .  .  y  .  .',
  exportEvaluation: ' .  .  .  y  .  .  y  .  .',
  giveFeedback: '     y  y  y  y  .  .  y  .  .',
  runBatch: '         y  .  .  .  .  .  .  .  .',
}
const ADMINISTRATION = Object.keys(ADMINISTERS)

// Keys that are released, and what was kept of other people's crossings.
const NEVER_AN_ADMINISTRATORS: ReadonlySet<string> = new Set([
  'releaseKey',
  'readKept',
  'curateEvaluation',
  'exportEvaluation',
  'giveFeedback',
])

export interface Cell {
  readonly roles: readonly Role[]
  readonly kind: 'human' | 'service'
  readonly action: string
  readonly purpose?: Purpose
  /** The purpose is one that the principal was given. */
  readonly holdsPurpose: boolean
  readonly mayRestore: boolean
  readonly store?: (typeof STORES)[number] | 'endpoint'
  readonly dataClass: (typeof DATA_CLASSES)[number]
  readonly environment: 'development' | 'production'
  readonly basis: (typeof BASES)[number]
  readonly isBreakGlass: boolean
  readonly isMfa: boolean
  readonly isRecent: boolean
  readonly label?: string
  /** Field of a store, or class to put back. */
  readonly field?: string
}

const TPO: readonly string[] = ['TREAT', 'HPAYMT', 'HOPERAT']
const isFor = (stated: Purpose | 'TPO', purpose: string | undefined): boolean =>
  stated === 'TPO' ? TPO.includes(purpose ?? '') : stated === purpose

/** What the table says of a cell. */
export function expectCell(cell: Cell): boolean {
  return ADMINISTRATION.includes(cell.action) ? expectAdministration(cell) : expectUse(cell)
}

function expectAdministration({ roles, action, kind, isMfa, isRecent }: Cell): boolean {
  const row = (ADMINISTERS[action] ?? '').trim().split(/\s+/)
  const says = (role: Role): boolean => {
    const mark = row[ROLES.indexOf(role)]
    return mark === 'y' || (mark === 'p' && kind === 'human') || (mark === 's' && isMfa && isRecent)
  }
  // A person of any office, or of none, may ask for access; a service may not, unless it is an administrator's.
  const may = roles.some(says) || (action === 'requestAccess' && kind === 'human')
  if (!may) return false
  const holdsKeys = roles.includes('key-administrator')
  const isKeyWork = action === 'manageKeys' || action === 'shredKeys'
  // The offices that must not meet: with both, neither works.
  if (isKeyWork) {
    return !roles.some((role) =>
      ['administrator', 'application', 'clinician', 'billing-specialist', 'data-scientist'].includes(role),
    )
  }
  if (NEVER_AN_ADMINISTRATORS.has(action) && roles.includes('administrator')) return false
  return !holdsKeys || action === 'readConfiguration' || action === 'requestAccess'
}

function expectUse(cell: Cell): boolean {
  const { roles, purpose, dataClass, environment, basis, label, field, holdsPurpose } = cell
  if (!holdsPurpose) return false
  // Nobody who rules over data or keys uses data.
  if (roles.includes('administrator') || roles.includes('key-administrator')) return false
  // PHI, a limited data set included, lives in production.
  if (environment !== 'production' && (dataClass === 'phi' || dataClass === 'limited-data-set')) return false
  if ((purpose === 'HRESCH' || purpose === 'PUBHLTH') && basis === 'none') return false
  if (basis === 'data-use-agreement' && dataClass === 'phi') return false
  if (label === 'hipaa-self-pay' && (purpose === 'HPAYMT' || purpose === 'HOPERAT')) return false
  if (purpose === 'ETREAT' && !cell.isBreakGlass) return false
  switch (cell.action) {
    case 'cross':
    case 'preview':
      return SENDS.some(
        ([role, stated, data]) => roles.includes(role) && isFor(stated, purpose) && fits(data, dataClass),
      )
    case 'train':
      return TRAINS.some(
        ([role, stated, data]) => roles.includes(role) && isFor(stated, purpose) && fits(data, dataClass),
      )
    case 'restore':
      if (roles.includes('data-scientist')) return false
      return expectRestore(cell)
    case 'readData':
    case 'writeData': {
      const table = cell.action === 'readData' ? READS : WRITES
      return table.some(([role, stated, store, fields, data]) => {
        const mark = fields.split(' ')[FIELDS.indexOf(field ?? '')]
        const isOpen = mark === 'y' || (mark === 'a' && basis === 'authorisation')
        return roles.includes(role) && isFor(stated, purpose) && store === cell.store && isOpen && fits(data, dataClass)
      })
    }
    default:
      return false
  }
}

/** Whoever has two roles sees what both may see: what one of them must have masked stays masked. */
function expectRestore({ roles, purpose, mayRestore, field = '' }: Cell): boolean {
  const rows = RESTORES.filter(
    ([role, stated, , { needsRight }]) => roles.includes(role) && isFor(stated, purpose) && (mayRestore || !needsRight),
  )
  if (rows.length === 0) return false
  const isMasked = rows.some(([role, , sees]) => role !== 'billing-specialist' && !sees(field))
  return !isMasked && rows.some(([, , sees]) => sees(field))
}

function fits(data: 'any' | 'no-phi', dataClass: string): boolean {
  return data === 'any' || dataClass !== 'phi'
}

const HELD: Omit<Cell, 'roles' | 'action' | 'dataClass'> = {
  kind: 'service',
  holdsPurpose: true,
  mayRestore: true,
  environment: 'production',
  basis: 'none',
  isBreakGlass: false,
  isMfa: true,
  isRecent: true,
}

interface Use {
  readonly action: string
  readonly store: (typeof STORES)[number] | 'endpoint'
  readonly field?: string
}

const EVERY_USE: readonly Use[] = [
  { action: 'cross', store: 'endpoint' },
  { action: 'preview', store: 'endpoint' },
  ...(['endpoint', 'training-data', 'feature-store'] as const).map((store) => ({ action: 'train', store })),
  ...CLASSES.map((field) => ({ action: 'restore', store: 'endpoint', field }) as const),
  ...STORES.flatMap((store) =>
    FIELDS.flatMap((field) => [
      { action: 'readData', store, field },
      { action: 'writeData', store, field },
    ]),
  ),
]

// One or two of each kind of use, for what is crossed with everything else.
const SOME_USES: readonly Use[] = [
  { action: 'cross', store: 'endpoint' },
  { action: 'preview', store: 'endpoint' },
  { action: 'train', store: 'endpoint' },
  { action: 'restore', store: 'endpoint', field: 'NAME' },
  { action: 'restore', store: 'endpoint', field: 'SSN' },
  { action: 'readData', store: 'patient-record', field: 'name' },
  { action: 'readData', store: 'patient-record', field: 'psychotherapy-note' },
  { action: 'readData', store: 'feature-store', field: 'diagnosis' },
  { action: 'readData', store: 'inference-log', field: 'diagnosis' },
  { action: 'writeData', store: 'patient-record', field: 'note' },
]

const ALONE: readonly (readonly Role[])[] = [[], ...ROLES.map((role) => [role])]
const PAIRS: readonly (readonly Role[])[] = ROLES.flatMap((one, at) => ROLES.slice(at + 1).map((other) => [one, other]))

/** The basis that opens a purpose, where one is needed. */
const basisOf = (purpose: Purpose): Cell['basis'] =>
  purpose === 'HRESCH' ? 'waiver' : purpose === 'PUBHLTH' ? 'public-health' : 'none'

/** Every role x purpose x action x class of data x field, with the basis that the purpose needs. */
export function* listCells(): Generator<Cell> {
  for (const roles of ALONE) {
    for (const purpose of PURPOSES) {
      for (const dataClass of DATA_CLASSES) {
        for (const use of EVERY_USE) {
          yield {
            ...HELD,
            ...use,
            roles,
            purpose,
            dataClass,
            basis: basisOf(purpose),
            isBreakGlass: purpose === 'ETREAT',
          }
        }
      }
    }
  }
  yield* listAdministration()
}

function* listAdministration(): Generator<Cell> {
  for (const roles of [...ALONE, ...PAIRS]) {
    for (const action of ADMINISTRATION) {
      for (const kind of ['human', 'service'] as const) {
        for (const [isMfa, isRecent] of [
          [true, true],
          [true, false],
          [false, true],
        ] as const) {
          if (action !== 'breakGlass' && !(isMfa && isRecent)) continue
          yield { ...HELD, roles, action, kind, isMfa, isRecent, dataClass: 'synthetic' }
        }
      }
    }
  }
}

const CHANGES: readonly Partial<Cell>[] = [
  ...BASES.map((basis) => ({ basis })),
  { environment: 'development' },
  { holdsPurpose: false },
  { mayRestore: false },
  { isBreakGlass: true },
  { isBreakGlass: false },
  { label: 'hipaa-self-pay' },
  { label: 'other' },
  { kind: 'human' },
]

/** Two roles at once, and each circumstance changed by itself. */
export function* listCircumstances(): Generator<Cell> {
  for (const purpose of PURPOSES) {
    for (const dataClass of DATA_CLASSES) {
      for (const use of SOME_USES) {
        const usual = {
          ...HELD,
          ...use,
          purpose,
          dataClass,
          basis: basisOf(purpose),
          isBreakGlass: purpose === 'ETREAT',
        }
        for (const roles of PAIRS) yield { ...usual, roles }
        for (const roles of ALONE) for (const change of CHANGES) yield { ...usual, roles, ...change }
      }
    }
  }
}
