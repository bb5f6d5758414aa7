import { readFile } from 'node:fs/promises'
import type { Given, Option } from '../command.ts'
import { UsageError } from '../terminal.ts'
import type { Terminal } from '../terminal.ts'

export const FILE_OPTION: Option = {
  type: 'string',
  value: 'PATH',
  help: 'read everything from a JSON file (- is stdin) instead',
}

interface Issue {
  readonly code?: string | undefined
  readonly path: readonly PropertyKey[]
  readonly message: string
}

interface Schema<Value> {
  safeParse(
    input: unknown,
  ):
    | { readonly success: true; readonly data: Value }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } }
}

export interface BodyOptions {
  /** Which option gives which field of the body. */
  readonly options: Readonly<Record<string, string>>
  /** The body as the options have it. */
  readonly read: () => unknown
}

/** The body of a call, from `--file` or from options, checked by the contract's schema. Throws UsageError. */
export async function readBody<Value>(
  schema: Schema<Value>,
  given: Given,
  terminal: Terminal,
  { options, read }: BodyOptions,
): Promise<Value> {
  const path = given.text('file')
  const parsed = schema.safeParse(path === undefined ? read() : await readJson(path, terminal))
  if (parsed.success) return parsed.data
  const rules = parsed.error.issues.map((issue) => describeIssue(issue, path === undefined ? options : {}))
  throw new UsageError(`invalid or missing: ${[...new Set(rules)].join(', ')}`)
}

/** Only declared names, and rules of our own: an unknown key, and what a library says of it, is the caller's text. */
function describeIssue({ code, path: [field], message }: Issue, options: Readonly<Record<string, string>>): string {
  if (field === undefined) return 'an unknown member'
  const option = options[String(field)]
  const name = option === undefined ? String(field) : `--${option}`
  return code === 'custom' ? `${name} (${message})` : name
}

async function readJson(path: string, { stdin }: Terminal): Promise<unknown> {
  const text = path === '-' ? await readAll(stdin) : await readFile(path, 'utf8')
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError('--file: not JSON')
  }
}

async function readAll(stdin: Terminal['stdin']): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}
