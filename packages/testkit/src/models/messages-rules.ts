import { z } from 'zod'

const spoken = z.string().regex(/\S/)
const text = z.strictObject({ type: z.literal('text'), text: spoken })
const block = z.discriminatedUnion('type', [
  text,
  z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().min(1) }),
  z.strictObject({
    type: z.literal('tool_use'),
    id: z.string().regex(/^[a-zA-Z0-9_-]+$/),
    name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
    input: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    content: z.union([z.string(), z.array(text)]),
  }),
])
const message = z.strictObject({
  role: z.enum(['user', 'assistant']),
  content: z.union([spoken, z.array(block).min(1)]),
})
const parallel = { disable_parallel_tool_use: z.boolean().optional() }

/** What the Messages API takes, as its reference has it; anything else it answers with 400. */
export const messagesFields = {
  max_tokens: z.int().min(1),
  system: z.union([z.string(), z.array(text).min(1)]).optional(),
  messages: z.array(message).min(1),
  tools: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
        description: z.string().optional(),
        input_schema: z.looseObject({ type: z.literal('object') }),
        strict: z.boolean().optional(),
      }),
    )
    .optional(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.enum(['auto', 'any']), ...parallel }),
      z.strictObject({ type: z.literal('tool'), name: z.string(), ...parallel }),
      z.strictObject({ type: z.literal('none') }),
    ])
    .optional(),
  stop_sequences: z.array(z.string().min(1)).optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  metadata: z.strictObject({ user_id: z.string().max(256) }).optional(),
  output_config: z
    .strictObject({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).optional(),
      format: z.strictObject({ type: z.literal('json_schema'), schema: z.looseObject({}) }).optional(),
    })
    .optional(),
  thinking: z.strictObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1_024) }).optional(),
}

type Message = z.infer<typeof message>
type Conversation = z.infer<z.ZodObject<Pick<typeof messagesFields, 'messages' | 'tools'>>>

/** Rules over several messages: who begins, that calls are answered at once, that tools are declared. */
export function requireConversation({ messages, tools }: Conversation, context: z.RefinementCtx): void {
  const refuse = (rule: string): void => context.addIssue({ code: 'custom', message: rule })
  if (messages[0]?.role !== 'user') refuse('the first message must use the user role')
  messages.forEach((current, at) => {
    const next = messages[at + 1]
    const calls = idsOf(current, 'tool_use')
    const results = next ? idsOf(next, 'tool_result') : []
    if (calls.toSorted().join() !== results.toSorted().join())
      refuse('tool_use without its tool_result in the next message')
    if (next?.role === current.role) refuse('roles must alternate')
  })
  if (messages.some((each) => idsOf(each, 'tool_use').length > 0) && (tools ?? []).length === 0) {
    refuse('tools must be defined')
  }
}

function idsOf({ content }: Message, type: 'tool_use' | 'tool_result'): string[] {
  if (typeof content === 'string') return []
  return content.flatMap((each) => {
    if (each.type !== type) return []
    return [each.type === 'tool_use' ? each.id : each.tool_use_id]
  })
}

/** The body that Anthropic itself takes. */
export const anthropicBody = z
  .strictObject({ ...messagesFields, model: z.string().min(1), stream: z.boolean().optional() })
  .superRefine(requireConversation)

const { temperature: _temperature, top_p: _topP, ...unsampled } = messagesFields

/** By `anthropic-version`: the second refuses sampling, even at its defaults. */
export const anthropicBodies: Readonly<Record<string, z.ZodType<{ readonly stream?: boolean | undefined }>>> = {
  '2023-06-01': anthropicBody,
  '2026-10-21': z
    .strictObject({ ...unsampled, model: z.string().min(1), stream: z.boolean().optional() })
    .superRefine(requireConversation),
}
