import { problemSchema } from '@breakwater/contract'

export interface ApiErrorFacts {
  readonly code: string
  readonly title: string
  readonly status: number
  readonly field?: string | undefined
}

/** A refusal by the server, with its code from the closed list (docs/errors.md). */
export class ApiError extends Error {
  readonly code: string
  readonly status: number
  readonly field: string | undefined

  constructor({ code, title, status, field }: ApiErrorFacts) {
    super(title)
    this.name = 'ApiError'
    this.code = code
    this.status = status
    this.field = field
  }
}

const TYPE_PREFIX = '/errors/'

/** Reads an RFC 9457 problem; an answer that is none, such as a proxy's, keeps its status only. */
export async function readProblem(response: Response): Promise<ApiError> {
  const problem = problemSchema.safeParse(await response.json().catch(() => undefined))
  if (!problem.success || !problem.data.type.startsWith(TYPE_PREFIX)) {
    return new ApiError({ code: 'unknown', title: `The server answered ${response.status}.`, status: response.status })
  }
  const { type, title, status, field } = problem.data
  return new ApiError({ code: type.slice(TYPE_PREFIX.length), title, status, field })
}
