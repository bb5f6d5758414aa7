import { readFile } from 'node:fs/promises'
import type { Given, Option } from '../command.ts'
import { UsageError } from '../terminal.ts'
import type { Terminal } from '../terminal.ts'

export const FILE_OPTION: Option = {
  type: 'string',
  value: 'PATH',
  help: 'read everything from a JSON file (- is stdin) instead',
}

interface Schema<Value> {
  safeParse(input: unknown):
    | { readonly success: true; readonly data: Value }
    | {
        readonly success: false
        readonly error: {
          readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]
        }
      }
}

/** The body of a call, from `--file` or from options, checked by the contract's schema. Throws UsageError. */
export async function readBody<Value>(
  schema: Schema<Value>,
  given: Given,
  terminal: Terminal,
  fromOptions: () => unknown,
): Promise<Value> {
  const path = given.text('file')
  const parsed = schema.safeParse(path === undefined ? fromOptions() : await readJson(path, terminal))
  if (parsed.success) return parsed.data
  // Only declared names: an unknown key is the caller's own text.
  const fields = new Set(parsed.error.issues.map(({ path: [field] }) => String(field ?? 'an unknown member')))
  throw new UsageError(`invalid or missing: ${[...fields].join(', ')}`)
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
