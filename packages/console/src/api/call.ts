import type { Route, RouteName } from '@breakwater/contract'
import { ROUTES } from '@breakwater/contract'
import type { z } from 'zod'
import { ApiError, readProblem } from './api-error.ts'
import type { PathParameter } from './path.ts'
import { buildPath } from './path.ts'

type RouteOf<Name extends RouteName> = (typeof ROUTES)[Name]

/** What a route answers: nothing (204) when it declares no schema. */
export type AnswerOf<Name extends RouteName> =
  RouteOf<Name> extends { answer: infer Schema extends z.ZodType } ? z.output<Schema> : undefined

type ParametersOf<Name extends RouteName> =
  PathParameter<RouteOf<Name>['path']> extends never
    ? { readonly parameters?: never }
    : { readonly parameters: Readonly<Record<PathParameter<RouteOf<Name>['path']>, string>> }

type BodyOf<Name extends RouteName> =
  RouteOf<Name> extends { body: infer Schema extends z.ZodType }
    ? { readonly body: z.input<Schema> }
    : { readonly body?: never }

export type InputOf<Name extends RouteName> = ParametersOf<Name> &
  BodyOf<Name> & { readonly query?: Readonly<Record<string, string | number | undefined>> }

/** The same for any route. */
interface LooseInput {
  readonly parameters?: Readonly<Record<string, string>> | undefined
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined
  readonly body?: unknown
}

/** Nothing may be left out that the route needs. */
export type Arguments<Name extends RouteName> =
  Record<never, never> extends InputOf<Name> ? [input?: InputOf<Name>] : [input: InputOf<Name>]

/**
 * Calls a declared route with the session's cookie, which scripts never see. Throws `ApiError`: the server's code,
 * `unreachable` when there was no answer, `unexpected-answer` when it is not what the contract says.
 */
export async function call<Name extends RouteName>(name: Name, ...[input]: Arguments<Name>): Promise<AnswerOf<Name>> {
  const { method, path, answer }: Route = ROUTES[name]
  const { parameters = {}, query, body }: LooseInput = input ?? {}
  const response = await send(buildPath(path, parameters, query), {
    method,
    credentials: 'same-origin',
    redirect: 'error',
    headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw await readProblem(response)
  const parsed = answer?.safeParse(await response.json().catch(() => undefined))
  if (parsed && !parsed.success) {
    throw new ApiError({ code: 'unexpected-answer', title: 'The answer is not what this page expects.', status: 0 })
  }
  return parsed?.data as AnswerOf<Name>
}

/** One request. Throws `ApiError` with `unreachable` when there was no answer. */
export async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init)
  } catch {
    throw new ApiError({ code: 'unreachable', title: 'The server could not be reached.', status: 0 })
  }
}
