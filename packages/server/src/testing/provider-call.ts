import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProviderAdapter, ProviderTarget, UpstreamAnswer } from '../providers/adapter.ts'
import { assembleCompletion, readSse } from './completions.ts'

/** A provider on this machine, as a row would have it. */
export function targetAt(
  baseUrl: string | undefined,
  row: Pick<ProviderTarget, 'kind' | 'settings' | 'apiKeyFile'>,
): ProviderTarget {
  const place = baseUrl === undefined ? { isInternal: false } : { baseUrl, isInternal: true }
  return { tenant: 'default', id: 'vendor', version: 1, allowedAddresses: ['127.0.0.1'], ...place, ...row }
}

/** A secrets folder with these files. */
export async function createSecrets(files: Readonly<Record<string, string>>) {
  const path = await mkdtemp(join(tmpdir(), 'secrets-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text, { mode: 0o600 })
  return { path, remove: async () => rm(path, { recursive: true }) }
}

type Endpoint = Parameters<ProviderAdapter['serves']>[0] | 'anthropic.messages' | 'responses'

interface Ask {
  readonly model: string
  readonly body: object | string
  readonly isStream?: boolean
  readonly endpoint?: Endpoint
}

/** The text of an adapter's answer, gathered. */
export async function askText(
  adapter: ProviderAdapter,
  { model, body, isStream = false, endpoint }: Ask,
): Promise<string> {
  const text = typeof body === 'string' ? body : JSON.stringify(isStream ? { ...body, stream: true } : body)
  const call = { endpoint: (endpoint ?? 'chat.completions') as 'chat.completions', model, body: text }
  return gather(await adapter.send(call, { isStream, signal: new AbortController().signal, deadlineMs: 10_000 }))
}

/** The completion that an adapter answers, put together again where it came in pieces. */
export async function askCompletion(adapter: ProviderAdapter, ask: Ask): Promise<object> {
  const text = await askText(adapter, ask)
  if (ask.isStream !== true) return JSON.parse(text) as object
  if (!text.endsWith('data: [DONE]\n\n')) throw new Error('the stream does not end in [DONE]')
  return assembleCompletion(readSse(text))
}

async function gather(answer: UpstreamAnswer): Promise<string> {
  if (answer.kind === 'whole') return Buffer.from(answer.bytes).toString('utf8')
  const pieces: Uint8Array[] = []
  for await (const piece of answer.chunks) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}
