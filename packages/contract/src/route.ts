import type { z } from 'zod'
import type { Action } from './actions.ts'

export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  /** Path with parameters as `:name`. */
  readonly path: string
  /** What the policy set must allow; undefined: every authenticated caller may. */
  readonly action?: Action
  /** Served to callers that nobody knows yet (a log-in, a token endpoint): the slice itself is the guard. */
  readonly isPublic?: true
  /** Only for a person who showed more than one factor within the last five minutes, else `auth.step-up-required`. */
  readonly needsStepUp?: true
  /** Not for a person whose session phishing could have got, else `auth.phishing-resistance-required`. */
  readonly needsPhishingResistance?: true
  /** Parameters after the question mark: an object of text values. */
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** A body of form fields instead, where a standard says so; the slice itself reads it. */
  readonly form?: z.ZodType
  /** A body of parts (RFC 7578), for a file; the slice itself reads it. */
  readonly multipart?: z.ZodType
  /** Undefined: 204, no content. */
  readonly answer?: z.ZodType
  /** In place of `answer`: one document a line (JSON Lines). */
  readonly lines?: z.ZodType
  /** What a refusal is where a standard says so, as JSON; undefined: an RFC 9457 problem. */
  readonly refusal?: z.ZodType
}

/** The routes of one slice by name. */
export type RouteTable = Readonly<Record<string, Route>>
