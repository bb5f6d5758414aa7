import { z } from 'zod'

/**
 * Purposes of use, by the codes of HL7 v3 PurposeOfUse, that need no further legal basis on record:
 * treatment, payment, health care operations (45 CFR 164.506).
 */
export const PURPOSES = ['TREAT', 'HPAYMT', 'HOPERAT'] as const

export const purposeSchema = z.enum(PURPOSES)
export type Purpose = z.infer<typeof purposeSchema>

/** Known, and refused until the records that would permit them can be kept (authorisation, waiver, data use agreement). */
export const PURPOSES_WITHOUT_BASIS = ['HRESCH', 'ETREAT', 'PUBHLTH', 'HMARKT', 'PATRQT', 'HSYSADMIN'] as const
