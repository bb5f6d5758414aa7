import { messagesAnswer, messagesEvents } from './messages-answers.ts'
import { anthropicBodies } from './messages-rules.ts'
import { Fault, startModelServer } from './model-server.ts'
import type { ModelServer } from './model-server.ts'
import { createCut } from './script.ts'

const STATUSES = { authentication_error: 401, invalid_request_error: 400, not_found_error: 404 } as const
const JSON_TYPE = { 'content-type': 'application/json', 'request-id': 'req_upstream' }

/** Anthropic's Messages API: key and version demanded, bodies checked, answers whole or streamed. */
export async function startAnthropicServer(options: { readonly apiKey: string }): Promise<ModelServer> {
  return startModelServer(({ method, path, headers, body }, script, seed) => {
    if (method !== 'POST' || path !== '/v1/messages') throw refuse('not_found_error', 'path')
    const { 'x-api-key': ownKey, authorization } = headers
    // Since 2026-10-21 clients send it as a bearer token.
    const key = ownKey ?? (typeof authorization === 'string' ? authorization.replace(/^Bearer /, '') : undefined)
    if (key !== options.apiKey) throw refuse('authentication_error', 'x-api-key')
    const rules = anthropicBodies[String(headers['anthropic-version'])]
    if (!rules) throw refuse('invalid_request_error', 'anthropic-version')
    const { data, error } = rules.safeParse(body)
    if (error) throw refuse('invalid_request_error', error.message)
    if (data.stream !== true) return { status: 200, headers: JSON_TYPE, bytes: JSON.stringify(messagesAnswer(script)) }
    const events = messagesEvents(script, createCut(seed))
    return { status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' }, bytes: toNamedSse(events) }
  })
}

/** Server-sent events that name the type of their document, as Anthropic sends them. */
export function toNamedSse(events: readonly object[]): string {
  return events
    .map((event) => `event: ${'type' in event ? String(event.type) : ''}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('')
}

function refuse(type: keyof typeof STATUSES, reason: string): Fault {
  const bytes = JSON.stringify({
    type: 'error',
    error: { type, message: `vendor's text: ${reason}` },
    request_id: 'req_1',
  })
  return new Fault(reason, { status: STATUSES[type], headers: JSON_TYPE, bytes })
}
