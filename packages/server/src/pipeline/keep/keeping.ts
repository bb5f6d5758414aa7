import { AppError } from '@breakwater/kernel'
import type { Keeper } from '../../features/kept/index.ts'
import type { Soon } from '../../platform/async/soon.ts'
import { whenThere } from '../../platform/async/soon.ts'
import { guardDocuments } from '../answer/guard-documents.ts'
import { guardStream } from '../answer/guard-stream.ts'
import type { OutputGuarded } from '../context.ts'
import { NO_FORMS } from '../structured/check.ts'
import { createTally } from '../guard/step.ts'
import { createSurfaceFinder } from '../mask/surfaces.ts'
import type { Keeping } from './types.ts'

// As much of a stream as is kept; a longer one is not kept at all.
const MAX_HEARD_BYTES = 1_048_576
const NOTHING: ReadonlySet<string> = new Set()

/** Undefined unless the tenant keeps history. Nothing of it is in an answer's way: what fails is counted and not kept. */
export function openKeeping(context: OutputGuarded, kept: Keeper): Soon<Keeping | undefined> {
  return whenThere(
    kept.findHistoryRule(context.principal.tenant),
    (rule): Keeping | undefined => rule && createKeeping(context, kept, rule),
  )
}

function createKeeping(context: OutputGuarded, kept: Keeper, rule: { readonly keepsRestored: boolean }): Keeping {
  const { principal, labels, maskedBody, body, upstream, crossing, patients } = context
  // What somebody labelled as sensitive is kept in its masked form alone.
  const keepsRestored = rule.keepsRestored && labels.length === 0
  let heard: Uint8Array[] = []
  let heardBytes = 0
  let told = ''

  async function mask(): Promise<string> {
    // With tokens in it, it need not keep to the caller's schema.
    const { documents } = guardDocuments({ ...context, forms: NO_FORMS }, NOTHING, createTally())
    if (upstream.kind === 'whole') return documents.guardWhole(Buffer.from(upstream.bytes).toString('utf8'))
    let text = ''
    const texts = guardStream(toStream(heard), documents)
    let next = await texts.next()
    for (; next.done !== true; next = await texts.next()) text += next.value
    return text + next.value
  }

  return {
    async *hear(chunks) {
      for await (const chunk of chunks) {
        heardBytes += chunk.byteLength
        // A transport may use its memory again.
        if (heardBytes <= MAX_HEARD_BYTES) heard.push(chunk.slice())
        else heard = []
        yield chunk
      }
    },
    async *read(texts) {
      try {
        let next = await texts.next()
        for (; next.done !== true; next = await texts.next()) {
          if (keepsRestored && heardBytes <= MAX_HEARD_BYTES) told += next.value
          yield next.value
        }
        told += next.value
        return next.value
      } finally {
        await texts.return('')
      }
    },
    settle(answer) {
      if (heardBytes > MAX_HEARD_BYTES) return kept.drop(principal.tenant, 'body.too-large')
      const restored = { request: body.text, answer: answer.kind === 'whole' ? answer.text : told }
      const answerBytes = upstream.kind === 'whole' ? upstream.bytes.length : heardBytes
      const masked = [...context.map.masked()].filter((value) => value.class !== 'LITERAL')
      kept.keep({
        tenant: principal.tenant,
        crossing,
        principal: principal.id,
        endpoint: context.endpoint.id,
        provider: context.provider.id,
        model: body.model,
        purpose: context.purpose,
        isStream: upstream.kind === 'stream',
        patient: patients[0],
        classes: [...new Set(masked.map((value) => value.class))].sort(),
        sizeBytes: maskedBody.length + body.text.length + answerBytes + restored.answer.length,
        async read() {
          const texts = { request: maskedBody, answer: await mask() }
          // The stored form is looked at once more: a value of the caller's must not have come back in the answer.
          if (createSurfaceFinder(masked.map(({ surface }) => surface)).find(texts.answer).length > 0) {
            throw new AppError('residual.found', { message: 'a masked value is in the answer' })
          }
          return { masked: texts, ...(keepsRestored && { restored }) }
        },
      })
    },
  }
}

async function* toStream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks
}
