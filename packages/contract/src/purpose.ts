import { z } from 'zod'

/**
 * Purposes of use, by the codes of HL7 v3 PurposeOfUse, that need no further legal basis on record:
 * treatment, payment, health care operations (45 CFR 164.506).
 */
export const PURPOSES = ['TREAT', 'HPAYMT', 'HOPERAT'] as const

export const purposeSchema = z.enum(PURPOSES)

/** Emergency treatment: nobody holds it for good, it comes with a break-glass and goes with it (45 CFR 164.312(a)(2)(ii)). */
export const EMERGENCY_PURPOSE = 'ETREAT'

/** What a request may state and an agreement may cover. */
export const statedPurposeSchema = z.enum([...PURPOSES, EMERGENCY_PURPOSE])
export type Purpose = z.infer<typeof statedPurposeSchema>

/** Known, and refused until the records that would permit them can be kept (authorisation, waiver, data use agreement). */
export const PURPOSES_WITHOUT_BASIS = ['HRESCH', 'PUBHLTH', 'HMARKT', 'PATRQT', 'HSYSADMIN'] as const
