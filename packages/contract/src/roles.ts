import { z } from 'zod'

/**
 * Roles that policies speak of. People get them from groups of the identity provider, services by registration. Key
 * administration and data access never meet in one principal (45 CFR 164.312(a)(2)(iv); separation of duties).
 */
export const ROLES = [
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
export const roleSchema = z.enum(ROLES)
export type Role = (typeof ROLES)[number]
