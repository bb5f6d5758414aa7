import { z } from 'zod'

/** Purposes of use, by the codes of HL7 v3 PurposeOfUse: treatment, payment, health care operations (45 CFR 164.506). */
export const OPEN_PURPOSES = ['TREAT', 'HPAYMT', 'HOPERAT'] as const

/**
 * Purposes that a legal-basis record must open for each request: research and public health (45 CFR 164.508, 164.512,
 * 164.514(e)).
 */
export const BASIS_PURPOSES = ['HRESCH', 'PUBHLTH'] as const

/** What a principal may hold for good. */
export const PURPOSES = [...OPEN_PURPOSES, ...BASIS_PURPOSES] as const

export const purposeSchema = z.enum(PURPOSES)

/** Emergency treatment: nobody holds it for good, it comes with a break-glass and goes with it (45 CFR 164.312(a)(2)(ii)). */
export const EMERGENCY_PURPOSE = 'ETREAT'

/** What a request may state and an agreement may cover. */
export const statedPurposeSchema = z.enum([...PURPOSES, EMERGENCY_PURPOSE])
export type Purpose = z.infer<typeof statedPurposeSchema>

/** Known, and refused: nothing that this product records would permit them. */
export const REFUSED_PURPOSES = ['HMARKT', 'PATRQT', 'HSYSADMIN'] as const
