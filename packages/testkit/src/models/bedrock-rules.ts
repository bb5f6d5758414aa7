import { z } from 'zod'
import { messagesFields, requireConversation } from './messages-rules.ts'

const spoken = z.string().regex(/\S/)
const text = z.strictObject({ text: spoken })
const block = z.union([
  text,
  z.strictObject({
    toolUse: z.strictObject({
      toolUseId: z.string().regex(/^[a-zA-Z0-9_.:-]+$/),
      name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
      input: z.record(z.string(), z.unknown()),
    }),
  }),
  z.strictObject({ toolResult: z.strictObject({ toolUseId: z.string(), content: z.array(text) }) }),
])
const message = z.strictObject({ role: z.enum(['user', 'assistant']), content: z.array(block).min(1) })

/** What Converse takes, as its API reference has it. */
export const converseBody = z
  .strictObject({
    messages: z.array(message).min(1),
    system: z.array(text).optional(),
    inferenceConfig: z
      .strictObject({
        maxTokens: z.int().min(1).optional(),
        temperature: z.number().min(0).max(1).optional(),
        topP: z.number().min(0).max(1).optional(),
        stopSequences: z.array(z.string().min(1)).max(2_500).optional(),
      })
      .optional(),
    toolConfig: z
      .strictObject({
        tools: z
          .array(
            z.strictObject({
              toolSpec: z.strictObject({
                name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
                description: z.string().min(1).optional(),
                inputSchema: z.strictObject({ json: z.looseObject({}) }),
                strict: z.boolean().optional(),
              }),
            }),
          )
          .min(1),
        toolChoice: z
          .union([
            z.strictObject({ auto: z.strictObject({}) }),
            z.strictObject({ any: z.strictObject({}) }),
            z.strictObject({ tool: z.strictObject({ name: z.string() }) }),
          ])
          .optional(),
      })
      .optional(),
    outputConfig: z
      .strictObject({
        textFormat: z.strictObject({
          type: z.literal('json_schema'),
          structure: z.strictObject({
            jsonSchema: z.strictObject({
              schema: z.string(),
              name: z.string().optional(),
              description: z.string().optional(),
            }),
          }),
        }),
      })
      .optional(),
    guardrailConfig: z
      .strictObject({
        guardrailIdentifier: z.string(),
        guardrailVersion: z.string(),
        streamProcessingMode: z.enum(['sync', 'async']).optional(),
      })
      .optional(),
  })
  .superRefine(({ messages, toolConfig }, context) => {
    const refuse = (rule: string): void => context.addIssue({ code: 'custom', message: rule })
    if (messages[0]?.role !== 'user') refuse('a conversation must start with a user message')
    messages.forEach(({ role, content }, at) => {
      const next = messages[at + 1]
      const calls = content.flatMap((each) => ('toolUse' in each ? [each.toolUse.toolUseId] : []))
      const results = (next?.content ?? []).flatMap((each) => ('toolResult' in each ? [each.toolResult.toolUseId] : []))
      if (calls.toSorted().join() !== results.toSorted().join())
        refuse('toolResult blocks must match toolUse blocks of the turn before')
      if (next?.role === role) refuse('roles must alternate')
      if (calls.length > 0 && !toolConfig) refuse('the toolConfig field must be defined')
    })
  })

/** Claude's own body through InvokeModel: the path says model and mode. */
export const claudeBody = z
  .strictObject({ ...messagesFields, anthropic_version: z.literal('bedrock-2023-05-31') })
  .superRefine(requireConversation)

/** Llama's. */
export const llamaBody = z.strictObject({
  prompt: z.string().startsWith('<|begin_of_text|>').endsWith('<|start_header_id|>assistant<|end_header_id|>\n\n'),
  max_gen_len: z.int().min(1).max(8_192).optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
})
