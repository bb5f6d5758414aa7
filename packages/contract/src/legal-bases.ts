import { z } from 'zod'
import { BASIS_KINDS, dataClassSchema } from './data.ts'
import type { BasisKind, DataClass } from './data.ts'
import { slugSchema } from './ids.ts'
import { BASIS_PURPOSES } from './purpose.ts'

interface BasisRule {
  readonly citation: string
  readonly purposes: readonly (typeof BASIS_PURPOSES)[number][]
  readonly dataClasses: readonly DataClass[]
  /** What the document must contain; a record that does not state all of it is refused. */
  readonly elements: readonly string[]
  /** It speaks of named people, so it covers nobody else. */
  readonly needsPatients: boolean
}

/** What each kind of legal basis opens and must contain: 45 CFR 164.508(c), 164.512(b), 164.512(i)(2), 164.514(e)(4). */
export const BASIS_RULES: Readonly<Record<BasisKind, BasisRule>> = {
  authorisation: {
    citation: '45 CFR 164.508(c)(1)-(2)',
    purposes: ['HRESCH', 'PUBHLTH'],
    dataClasses: ['synthetic', 'de-identified', 'limited-data-set', 'phi'],
    elements: [
      'description',
      'discloser',
      'recipient',
      'purpose',
      'expiry',
      'signature',
      'revocation-statement',
      'conditioning-statement',
      'redisclosure-statement',
    ],
    needsPatients: true,
  },
  waiver: {
    citation: '45 CFR 164.512(i)(2)',
    purposes: ['HRESCH'],
    dataClasses: ['synthetic', 'de-identified', 'limited-data-set', 'phi'],
    elements: [
      'board',
      'approval-date',
      'minimal-risk',
      'impracticable-without-waiver',
      'impracticable-without-phi',
      'phi-needed',
      'review-procedure',
      'chair-signature',
    ],
    needsPatients: false,
  },
  'data-use-agreement': {
    citation: '45 CFR 164.514(e)(4)(ii)',
    purposes: ['HRESCH', 'PUBHLTH'],
    dataClasses: ['synthetic', 'de-identified', 'limited-data-set'],
    elements: [
      'permitted-uses',
      'permitted-recipients',
      'no-other-use',
      'safeguards',
      'report-violations',
      'flow-down',
      'no-identification',
    ],
    needsPatients: false,
  },
  'public-health': {
    citation: '45 CFR 164.512(b)(1)(i)',
    purposes: ['PUBHLTH'],
    dataClasses: ['synthetic', 'de-identified', 'limited-data-set', 'phi'],
    elements: ['authority', 'legal-mandate', 'minimum-necessary'],
    needsPatients: false,
  },
}

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)

const fields = {
  kind: z.enum(BASIS_KINDS),
  purposes: z.array(z.enum(BASIS_PURPOSES)).min(1).max(BASIS_PURPOSES.length),
  /** The most sensitive data it covers. */
  dataClass: dataClassSchema,
  /** Who may act under it. */
  principals: z.array(slugSchema).min(1).max(200),
  /** What its document contains. */
  elements: z.array(slugSchema).max(50),
  /** SHA-256 of the signed document, which is kept elsewhere. */
  documentSha256: sha256Schema,
  /** In force from this second on. */
  effectiveFrom: z.iso.datetime({ offset: true }),
  /** And before this one. */
  expiresAt: z.iso.datetime({ offset: true }).optional(),
  /** Or until this is reported, e.g. `end-of-study`. */
  expiryEvent: slugSchema.optional(),
}

/** A record that permits a purpose which needs more than a role. */
export const legalBasisInputSchema = z
  .strictObject({
    ...fields,
    /** Ids of patients as `Breakwater-Patient` names them. Only keyed references are kept. */
    patients: z.array(z.string().min(1).max(256)).max(10_000).default([]),
  })
  .superRefine((basis, context) => {
    const refuse = (path: keyof typeof fields | 'patients', message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message })
    const { citation, purposes, dataClasses, elements, needsPatients } = BASIS_RULES[basis.kind]
    if (basis.purposes.some((purpose) => !purposes.includes(purpose))) {
      refuse('purposes', `this kind of basis does not open it (${citation})`)
    }
    if (!dataClasses.includes(basis.dataClass)) refuse('dataClass', `not under this kind of basis (${citation})`)
    const missing = elements.filter((element) => !basis.elements.includes(element))
    if (missing.length > 0) refuse('elements', `missing ${missing.join(', ')} (${citation})`)
    if (basis.elements.some((element) => !elements.includes(element))) refuse('elements', 'not an element of this kind')
    if (needsPatients && basis.patients.length === 0)
      refuse('patients', `it covers the people who gave it (${citation})`)
    if (basis.expiresAt === undefined && basis.expiryEvent === undefined) {
      refuse('expiresAt', 'it ends at a time or with an event')
    }
    if (basis.expiresAt !== undefined && Date.parse(basis.expiresAt) <= Date.parse(basis.effectiveFrom)) {
      refuse('expiresAt', 'ends before it starts')
    }
  })
export type LegalBasisInput = z.input<typeof legalBasisInputSchema>

export const legalBasisSchema = z.object({
  ...fields,
  id: slugSchema,
  version: z.int().positive(),
  patientCount: z.int().nonnegative(),
  endedAt: z.iso.datetime().optional(),
  endReason: z.enum(['revoked', 'expiry-event']).optional(),
})
export type LegalBasisRecord = z.infer<typeof legalBasisSchema>

/** Revoked by who gave it (45 CFR 164.508(b)(5)), or its event came. */
export const legalBasisEndSchema = z.strictObject({ reason: z.enum(['revoked', 'expiry-event']) })
