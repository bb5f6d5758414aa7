import { request } from 'node:https'
import { problemSchema, ROUTES } from '@breakwater/contract'
import type { Route, RouteName } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'

/** What a route answers, by its schema. */
type Answer<Name extends RouteName> = (typeof ROUTES)[Name] extends {
  answer: { parse: (input: never) => infer T }
}
  ? T
  : undefined

interface CallInput {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
}

/** The server's API of administration, as packages/contract has it. */
export interface ApiClient {
  /** Throws ApiRefusal with the server's code, `provider.failed` when there is no server to speak to. */
  call<Name extends RouteName>(name: Name, input?: CallInput): Promise<Answer<Name>>
  /** The same for a route that answers in lines: the text as it came. */
  callForLines(name: RouteName, input?: CallInput): Promise<string>
}

/** The server said no. */
export class ApiRefusal extends Error {
  readonly status: number
  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

export interface ApiClientOptions {
  readonly baseUrl: string
  /** PEM of the only authority that is trusted; null: those of the system. */
  readonly ca: string | null
  readonly token: string
}

/** One name whatever the version: a session that changes its name in the middle is taken for two. */
export const USER_AGENT = 'breakwater-cli'

const TIMEOUT_MS = 30_000
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

export function createApiClient(options: ApiClientOptions): ApiClient {
  return {
    async call<Name extends RouteName>(name: Name, input: CallInput = {}): Promise<Answer<Name>> {
      const route: Route = ROUTES[name]
      const { status, text } = await send(options, route, input)
      if (status >= 400) throw describeRefusal(status, text)
      // The schema is the route's own, so its output is the route's answer.
      return route.answer?.parse(JSON.parse(text)) as Answer<Name>
    },

    async callForLines(name, input = {}) {
      const { status, text } = await send(options, ROUTES[name], input)
      if (status >= 400) throw describeRefusal(status, text)
      return text
    },
  }
}

function send(
  { baseUrl, ca, token }: ApiClientOptions,
  route: Route,
  { params = {}, query = {}, body }: CallInput,
): Promise<{ status: number; text: string }> {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const url = new URL(path, baseUrl)
  for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, String(value))
  const payload = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => reject(describeFailure(cause))
    const headers = {
      authorization: `Bearer ${token.trim()}`,
      accept: 'application/json',
      'user-agent': USER_AGENT,
      ...(payload !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(payload),
      }),
    }
    const sent = request(
      url,
      { method: route.method, ...(ca !== null && { ca }), headers, timeout: TIMEOUT_MS, agent: false },
      (answer) => {
        const chunks: Buffer[] = []
        let bytes = 0
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > MAX_ANSWER_BYTES) answer.destroy(new Error('too long'))
          chunks.push(chunk)
        })
        answer.on('error', fail)
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }))
      },
    )
    sent.on('timeout', () => sent.destroy(new Error('timeout')))
    sent.on('error', fail)
    sent.end(payload)
  })
}

/** What helps, where the command line can do something about it. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  'agreement.clauses-missing': 'next: breakwater agreement clauses tells each; put them with --clause, or keep a draft',
  'agreement.none-in-force': 'next: breakwater agreement list',
  'auth.session-expired': 'next: breakwater login',
  'auth.step-up-required': 'next: breakwater login; a fresh log-in counts as confirmed for five minutes',
  'policy.denied': 'next: log in as somebody whose role permits it, or breakwater access request',
  'purpose.not-permitted': 'next: breakwater kept list tells the purpose; it must be one of yours too',
}

function describeRefusal(status: number, text: string): Error {
  try {
    const { type, title, field } = problemSchema.parse(JSON.parse(text))
    const code = type.slice(type.lastIndexOf('/') + 1)
    const next = NEXT_STEPS[code]
    const told = `${title}${field === undefined ? '' : `: ${field}`} (${code})`
    return new ApiRefusal(next === undefined ? told : `${told}\n${next}`, status)
  } catch {
    return new ApiRefusal(`the server answered ${status}`, status)
  }
}

const FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: is the server running?',
  ENOTFOUND: 'the host of the address is unknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'another authority signed its certificate: is BREAKWATER_HOME that of this server?',
  CERT_SIGNATURE_FAILURE: 'another authority signed its certificate: is BREAKWATER_HOME that of this server?',
}

export function describeFailure(cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
  const reason = (code && FAILURES[code]) ?? code ?? (cause instanceof Error ? cause.message : 'no answer')
  return new AppError('provider.failed', { message: `the server cannot be reached: ${reason}`, cause })
}
