import { z } from 'zod'

/** RFC 9457; `type` is `/errors/` and the code. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  field: z.string().optional(),
})
export type Problem = z.infer<typeof problemSchema>
