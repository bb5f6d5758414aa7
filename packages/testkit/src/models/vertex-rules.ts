import { z } from 'zod'
import { messagesFields, requireConversation } from './messages-rules.ts'

const part = z.union([
  z.strictObject({ text: z.string().min(1) }),
  z.strictObject({
    functionCall: z.strictObject({ name: z.string(), args: z.record(z.string(), z.unknown()) }),
    thoughtSignature: z.string().optional(),
  }),
  z.strictObject({
    functionResponse: z.strictObject({ name: z.string(), response: z.record(z.string(), z.unknown()) }),
  }),
])
const content = z.strictObject({ role: z.enum(['user', 'model']), parts: z.array(part).min(1) })

/** What `generateContent` takes, as its reference has it. */
export const geminiBody = z
  .strictObject({
    contents: z.array(content).min(1),
    systemInstruction: z.strictObject({ parts: z.array(z.strictObject({ text: z.string() })).min(1) }).optional(),
    tools: z
      .array(
        z.strictObject({
          functionDeclarations: z.array(
            z.strictObject({
              name: z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/),
              description: z.string().optional(),
              parametersJsonSchema: z.looseObject({}).optional(),
            }),
          ),
        }),
      )
      .optional(),
    toolConfig: z
      .strictObject({
        functionCallingConfig: z.strictObject({
          mode: z.enum(['AUTO', 'ANY', 'NONE']),
          allowedFunctionNames: z.array(z.string()).optional(),
        }),
      })
      .optional(),
    generationConfig: z
      .strictObject({
        temperature: z.number().min(0).max(2).optional(),
        topP: z.number().min(0).max(1).optional(),
        maxOutputTokens: z.int().min(1).optional(),
        seed: z.int().optional(),
        presencePenalty: z.number().min(-2).max(2).optional(),
        frequencyPenalty: z.number().min(-2).max(2).optional(),
        stopSequences: z.array(z.string()).max(5).optional(),
        responseMimeType: z.literal('application/json').optional(),
        responseJsonSchema: z.looseObject({}).optional(),
        thinkingConfig: z
          .strictObject({ thinkingBudget: z.int().optional(), thinkingLevel: z.string().optional() })
          .optional(),
      })
      .optional(),
  })
  .superRefine(({ contents }, context) => {
    const namesOf = (at: number, kind: 'functionCall' | 'functionResponse'): string =>
      (contents[at]?.parts ?? [])
        .flatMap((each) => {
          if (kind === 'functionCall') return 'functionCall' in each ? [each.functionCall.name] : []
          return 'functionResponse' in each ? [each.functionResponse.name] : []
        })
        .join()
    contents.forEach(({ role }, at) => {
      if (contents[at + 1]?.role === role) context.addIssue({ code: 'custom', message: 'roles must alternate' })
      if (namesOf(at, 'functionCall') !== namesOf(at + 1, 'functionResponse')) {
        context.addIssue({ code: 'custom', message: 'function responses must follow their calls, in order' })
      }
    })
    if (contents.at(-1)?.role !== 'user') context.addIssue({ code: 'custom', message: 'must end with a user role' })
  })

/** Claude's own body through rawPredict. */
export const vertexClaudeBody = z
  .strictObject({
    ...messagesFields,
    anthropic_version: z.literal('vertex-2023-10-16'),
    stream: z.boolean().optional(),
  })
  .superRefine(requireConversation)
