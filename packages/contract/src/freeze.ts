import { z } from 'zod'
import { slugSchema } from './ids.ts'
import { FREEZE_REASONS } from './reasons.ts'

/** What no longer leaves: everything of the installation, of the tenant, or towards one provider. */
export const freezeScopeSchema = z.discriminatedUnion('scope', [
  z.strictObject({ scope: z.literal('all') }),
  z.strictObject({ scope: z.literal('tenant') }),
  z.strictObject({ scope: z.literal('provider'), provider: slugSchema }),
])
export type FreezeScope = z.infer<typeof freezeScopeSchema>

export const freezeInputSchema = z.strictObject({ reason: z.enum(FREEZE_REASONS), target: freezeScopeSchema })
export type FreezeInput = z.infer<typeof freezeInputSchema>

export const freezeSchema = z.object({
  id: z.uuid(),
  target: freezeScopeSchema,
  reason: z.enum(FREEZE_REASONS),
  frozenBy: slugSchema,
  frozenAt: z.iso.datetime(),
  state: z.enum(['frozen', 'lift proposed', 'lifted']),
  liftProposedBy: slugSchema.optional(),
  liftedBy: slugSchema.optional(),
  liftedAt: z.iso.datetime().optional(),
})
export type FreezeRecord = z.infer<typeof freezeSchema>

/** What a freeze would stop, told without freezing anything. */
export const freezePreviewSchema = z.object({
  target: freezeScopeSchema,
  /** Of the caller's tenant. */
  providers: z.array(z.object({ id: slugSchema, models: z.array(z.string()), isFrozen: z.boolean() })),
  /** Crossings of the caller's tenant that have an intent and no outcome yet, on any replica. */
  underWay: z.int(),
})
export type FreezePreview = z.infer<typeof freezePreviewSchema>
