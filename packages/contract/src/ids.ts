import { z } from 'zod'

/** How tenants, principals, providers and agreements are named: chosen by people, never made from patient data. */
export const slugSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
