import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProviderInput } from '@breakwater/contract'
import { loadEngine } from '../../../tests/llama/engine.ts'
import type { LlamaModule } from '../../../tests/llama/engine.ts'
import { serveLlama } from '../../../tests/llama/serve.ts'
import type { LlamaServer } from '../../../tests/llama/serve.ts'
import { makeTinyModel, TINY_MODEL_SHA256 } from '../../../tests/llama/tiny-model.ts'
import { makeScratchHome } from '../../../tests/support/home.ts'
import { addModelServer, readAdminToken } from '../../../tests/support/register.ts'
import { findFreePort, startServer } from '../../../tests/support/server.ts'

export const MODEL = 'local-llama'

export interface Reply {
  readonly status: number
  readonly text: string
  readonly json: Json
}

/** As much of an answer as is looked at; what is not there fails the check. */
interface Json {
  readonly choices?: readonly [{ readonly message: { readonly content: string } }]
  readonly error?: { readonly code: string }
  readonly entries?: readonly { readonly entry: LedgerEntry }[]
}

export interface LedgerEntry {
  readonly kind: string
  readonly provider?: string
  readonly decision?: string
  readonly codes?: readonly string[]
}

/** The real gateway on a fresh home, with one provider of the kind `llama-cpp`: a llama.cpp engine on loopback. */
export interface World {
  readonly engine: LlamaServer
  /** As the application, to chat completions. */
  readonly ask: (body: object) => Promise<Reply>
  /** As the administrator. */
  readonly put: (path: string, body: object) => Promise<Reply>
  readonly readEntries: () => Promise<readonly LedgerEntry[]>
  close(): Promise<void>
}

/** Starts it with a GGUF file, or with the generated one. */
export async function openWorld(llama: LlamaModule, modelFile?: string): Promise<World> {
  const scratch = await makeScratchHome()
  const { home, temporary } = scratch
  const loaded = await loadEngine(llama, modelFile ?? (await writeTinyModel(temporary)))
  const engine = await serveLlama(loaded, MODEL)
  const server = await startServer({ home, port: await findFreePort(), env: { TMPDIR: temporary } })
  const row = { baseUrl: engine.baseUrl, models: [MODEL], kind: 'llama-cpp' } as const
  const { headers } = await addModelServer(server, home, row)
  const admin = { authorization: `Bearer ${await readAdminToken(home)}`, 'content-type': 'application/json' }

  const send = async (method: string, path: string, as: Readonly<Record<string, string>>, body?: object) => {
    const answer = await server.client.send(path, { method, headers: as, body: body ? JSON.stringify(body) : '' })
    const text = answer.body.toString()
    return { status: answer.status, text, json: text.startsWith('{') ? JSON.parse(text) : {} } as Reply
  }
  return {
    engine,
    ask: (body) => send('POST', '/v1/chat/completions', headers, { model: MODEL, ...body }),
    put: (path, body) => send('PUT', path, admin, body),
    async readEntries() {
      const { json } = await send('GET', '/api/v1/ledger/entries?limit=1000', admin)
      return json.entries?.map(({ entry }) => entry) ?? []
    },
    async close() {
      await server.stop()
      await engine.close()
      await loaded.close()
      await scratch.remove()
    },
  }
}

/** A row of the same engine that lists other addresses than the engine's. */
export function describeRow(baseUrl: string, allowedAddresses: readonly string[], model: string): ProviderInput {
  return { kind: 'llama-cpp', baseUrl, isInternal: true, allowedAddresses: [...allowedAddresses], models: [model] }
}

async function writeTinyModel(folder: string): Promise<string> {
  const bytes = makeTinyModel()
  if (createHash('sha256').update(bytes).digest('hex') !== TINY_MODEL_SHA256) {
    throw new Error('the tiny model is not the file it should be')
  }
  const path = join(folder, 'tiny.gguf')
  await writeFile(path, bytes)
  return path
}
