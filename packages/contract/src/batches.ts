import { z } from 'zod'
import { purposeSchema } from './purpose.ts'

/** What a batch is to be: ids, counts and hashes. Its documents are not part of it. */
export const batchInputSchema = z.strictObject({
  purpose: purposeSchema,
  model: z.string().regex(/^[A-Za-z0-9._:/@-]{1,128}$/),
  documents: z
    .array(
      z.strictObject({
        id: z.uuid(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        sizeBytes: z.int().min(1).max(1_073_741_824),
      }),
    )
    .min(1)
    .max(500),
})
export type BatchInput = z.infer<typeof batchInputSchema>

/** `received`: checked and recorded. Nothing in this version works it off. */
export const batchSchema = z.object({
  id: z.uuid(),
  state: z.literal('received'),
  manifestSha256: z.string(),
  documents: z.int(),
  receivedAt: z.iso.datetime(),
})
export type BatchRecord = z.infer<typeof batchSchema>
