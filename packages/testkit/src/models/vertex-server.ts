import type { z } from 'zod'
import { toNamedSse } from './anthropic-server.ts'
import { geminiAnswer, geminiEvents } from './gemini-answers.ts'
import { messagesAnswer, messagesEvents } from './messages-answers.ts'
import { Fault, startModelServer } from './model-server.ts'
import type { ModelServer } from './model-server.ts'
import { createCut } from './script.ts'
import { geminiBody, vertexClaudeBody } from './vertex-rules.ts'

export interface VertexServerOptions {
  readonly project: string
  readonly location: string
  /** Whether a bearer token is one of Google's. */
  readonly isToken: (token: string) => boolean
}

const MODEL_PATH =
  /^\/v1\/projects\/([^/]+)\/locations\/([^/]+)\/publishers\/(google|anthropic)\/models\/([^/:]+):(\w+)(\?alt=sse)?$/
/** Which operation a publisher has, and whether it streams. */
const OPERATIONS: Readonly<Record<string, boolean>> = {
  'google/generateContent': false,
  'google/streamGenerateContent?alt=sse': true,
  'anthropic/rawPredict': false,
  'anthropic/streamRawPredict': true,
}

/** Vertex AI's prediction service: token, project and location checked, bodies too; Gemini and Claude answer. */
export async function startVertexServer({ project, location, isToken }: VertexServerOptions): Promise<ModelServer> {
  return startModelServer(({ path, headers, body }, script, seed) => {
    const [, inProject, inLocation, publisher = '', , name = '', query = ''] = MODEL_PATH.exec(path) ?? []
    const isStream = OPERATIONS[`${publisher}/${name}${query}`]
    if (inProject !== project || inLocation !== location || isStream === undefined) throw refuse(404, 'NOT_FOUND', path)
    const { authorization } = headers
    if (typeof authorization !== 'string' || !isToken(authorization.replace(/^Bearer /, ''))) {
      throw refuse(401, 'UNAUTHENTICATED', 'token')
    }
    const isGemini = publisher === 'google'
    check(isGemini ? geminiBody : vertexClaudeBody, body)
    const cut = createCut(seed)
    if (isStream) {
      const bytes = isGemini
        ? geminiEvents(script, cut)
            .map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`)
            .join('')
        : toNamedSse(messagesEvents(script, cut))
      return { status: 200, headers: { 'content-type': 'text/event-stream' }, bytes }
    }
    const document = isGemini ? geminiAnswer(script) : messagesAnswer(script)
    return {
      status: 200,
      headers: { 'content-type': 'application/json; charset=UTF-8' },
      bytes: JSON.stringify(document),
    }
  })
}

function check(rules: z.ZodType, body: unknown): void {
  const { error } = rules.safeParse(body)
  if (error) throw refuse(400, 'INVALID_ARGUMENT', error.message)
}

function refuse(code: number, status: string, reason: string): Fault {
  const bytes = JSON.stringify({ error: { code, message: `vendor's text: ${reason}`, status } })
  return new Fault(reason, { status: code, headers: { 'content-type': 'application/json' }, bytes })
}
