import type { Db } from '../platform/db/database.ts'
import type { ProviderAdapter } from '../providers/adapter.ts'
import { createTestCrossing } from './crossing.ts'
import type { TestCrossing } from './crossing.ts'
import type { CrossingDeps } from '../pipeline/deps.ts'
import type { Asked, Protocol, Said } from '../pipeline/peers/protocols.ts'

/** A crossing whose provider speaks each protocol natively. */
export interface PeersWorld {
  readonly crossing: TestCrossing
  /** Bodies as they reached the provider. */
  readonly received: string[]
  /** What the model makes of a body, or raw text of the wire. */
  answer(make: (body: string) => Said | string): void
  /** The answer as it left, but for the ids that it bears of ours. */
  send(asked: Asked, headers?: Readonly<Record<string, string>>): Promise<{ status: number; text: string }>
  /** What a client reads of the answer to it. */
  ask(asked: Asked, headers?: Readonly<Record<string, string>>): Promise<Said>
  outcome(): Promise<{ readonly counts: Readonly<Record<string, number>>; readonly codes: readonly string[] }>
}

/** The digits of our own ids are drawn: now and then they are those of a value that must not be there. */
const OWN_ID = /(?<=\b(?:chatcmpl-|cmpl-|msg_|resp_))[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

export async function openWorld(
  db: Db,
  protocol: Protocol,
  isStream: boolean,
  changes: Partial<CrossingDeps> & { readonly size?: number } = {},
): Promise<PeersWorld> {
  const { size, ...deps } = changes
  const received: string[] = []
  let make: (body: string) => Said | string = () => ({ content: 'Fine.' })
  const adapter: ProviderAdapter = {
    serves: () => true,
    async send({ body }) {
      received.push(body)
      const said = make(body)
      const bytes = Buffer.from(typeof said === 'string' ? said : protocol.answer(said, isStream, size))
      if (!isStream) return { kind: 'whole', bytes }
      async function* chunks(): AsyncGenerator<Uint8Array> {
        yield bytes
      }
      return { kind: 'stream', chunks: chunks() }
    },
    close: async () => undefined,
  }
  const crossing = await createTestCrossing(db, { adapters: { adapterFor: () => adapter }, ...deps })
  const send: PeersWorld['send'] = async (asked, headers) => {
    const answer = await crossing.send(protocol.path, protocol.request(asked, isStream), headers)
    return { status: answer.status, text: (await answer.text()).replace(OWN_ID, 'own') }
  }
  return {
    crossing,
    received,
    answer: (next) => {
      make = next
    },
    send,
    async ask(asked, headers) {
      const { status, text } = await send(asked, headers)
      if (status !== 200) throw new Error(text)
      return protocol.read(text, isStream)
    },
    async outcome() {
      const entry = (await crossing.entries()).findLast(({ kind }) => kind !== 'crossing.intent')
      return { counts: entry?.counts ?? {}, codes: entry?.codes ?? [] }
    },
  }
}
