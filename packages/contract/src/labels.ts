import { z } from 'zod'
import { slugSchema } from './ids.ts'
import { regionSchema } from './regions.ts'

interface LabelRule {
  readonly citation: string
  readonly says: string
  /** Codes of HL7 v3 ActCode that a FHIR resource bears in `meta.security`, in their own spelling. */
  readonly codes: readonly string[]
}

/**
 * Labels that the shipped policies know. Any other name is good too, for policies of one's own. A label only ever takes away:
 * callers add them, and nobody removes one from a request.
 */
export const LABELS = {
  '42cfr-part2': {
    citation: '42 CFR 2.12, 2.31, 2.33',
    says: 'from a substance use disorder programme: stays local without the patient’s consent on record',
    codes: ['42CFRPart2'],
  },
  'genetic-information': { citation: '45 CFR 164.502(a)(5)(i)', says: 'genetic information', codes: ['GDIS'] },
  'hipaa-self-pay': {
    citation: '45 CFR 164.522(a)(1)(vi)',
    says: 'paid in full by the patient, who asked that the plan not be told',
    codes: ['HIPAASelfPay', 'hipaa-self-pay'],
  },
  hiv: { citation: 'State law', says: 'HIV status', codes: ['HIV'] },
  'local-only': {
    citation: '45 CFR 164.308(a)(4)',
    says: 'to models in the organisation’s own network only',
    codes: [],
  },
  minors: { citation: '45 CFR 164.502(g)(3)', says: 'about somebody under age', codes: [] },
  'psychotherapy-notes': {
    citation: '45 CFR 164.501, 164.508(a)(2)',
    says: 'notes of a session, kept apart from the record: need an authorisation',
    codes: ['PSYTHPN'],
  },
  research: { citation: '45 CFR 164.512(i)', says: 'obtained for a study', codes: [] },
} as const satisfies Readonly<Record<string, LabelRule>>

export type Label = keyof typeof LABELS

const RESIDENCY = 'region:'

/** A name, or `region:` and a place or country where the data must stay, e.g. `region:us`. */
export const labelSchema = z.union([
  slugSchema,
  z
    .string()
    .refine((text) => text.startsWith(RESIDENCY) && regionSchema.safeParse(text.slice(RESIDENCY.length)).success),
])

/** The places that labels name: all of them must hold. */
export function residenciesIn(labels: readonly string[]): readonly string[] {
  return labels.filter((label) => label.startsWith(RESIDENCY)).map((label) => label.slice(RESIDENCY.length))
}

/** As the ledger may name it: one of the list, or that there was another. */
export function nameLabel(label: string): string {
  if (Object.hasOwn(LABELS, label)) return label
  return label.startsWith(RESIDENCY) ? 'region' : 'other'
}
