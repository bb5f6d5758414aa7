import { AppError } from '@breakwater/kernel'
import type { LinePipeline, LineRun } from '../features/line-batches/index.ts'
import type { Exchange, WireAnswer } from '../platform/http/exchange.ts'
import { toAppError } from '../platform/http/problem.ts'
import type { StageDeps } from './deps.ts'
import { ENDPOINT_SPECS } from './endpoints/index.ts'
import type { EndpointSpec } from './endpoints/index.ts'
import { collectLabels } from './labels.ts'
import { readPatient } from './patient.ts'
import { nameBatch } from './record.ts'

/** Crosses with a line of a batch, and with the authenticator that knows whose it is. */
export type CrossLine = (
  line: {
    readonly endpoint: EndpointSpec
    readonly crossing: string
    readonly batch: string
    readonly exchange: Exchange
  },
  authenticator: StageDeps['authenticator'],
) => Promise<WireAnswer>

// Those of OpenAI's: its batches have no others.
const SPECS: ReadonlyMap<string, EndpointSpec> = new Map(
  ENDPOINT_SPECS.filter(({ path }) => path.startsWith('/v1/')).map((spec) => [spec.path, spec]),
)

/** Lines of batches as requests of their endpoints: the same stages, and no connection behind them. */
export function createLinePipeline({ limits, ledger }: StageDeps, cross: CrossLine): LinePipeline {
  return {
    urls: [...SPECS.keys()],
    maxBodyBytes: limits.maxBodyBytes,

    check({ url, body, headers }) {
      const { isStream, leaves } = findSpec(url).readBody(body, limits.maxDepth)
      const ofLine = toHeaders(headers)
      collectLabels({ headers: ofLine, ofCaller: readPatient(ofLine).labels, leaves })
      if (!isStream) return
      throw new AppError('body.invalid', { message: '/stream: a line of a batch has no stream', field: '/stream' })
    },

    async cross({ tenant, principal, batch, crossing, url, body, headers, authenticate, signal }) {
      const endpoint = findSpec(url)
      // Without a caller the pipeline would not know whose ledger tells it.
      const tellUnknown = async (thrown: unknown): Promise<never> => {
        const { code } = toAppError(thrown)
        await ledger.append({
          tenant,
          kind: 'crossing.refused',
          crossing,
          endpoint: endpoint.id,
          principal,
          decision: 'deny',
          codes: [code, nameBatch(batch)],
        })
        throw thrown
      }
      const exchange = createExchange({ url, body, headers, signal })
      const answer = await cross(
        { endpoint, crossing, batch, exchange },
        { authenticate: async () => authenticate().catch(tellUnknown) },
      )
      if (typeof answer.body === 'string') return answer.body
      throw new AppError('internal', { message: 'a line was answered with a stream' })
    },
  }
}

function findSpec(url: string): EndpointSpec {
  const spec = SPECS.get(url)
  if (spec) return spec
  throw new AppError('body.invalid', { message: '/url: not a path whose requests are run in batches', field: '/url' })
}

function toHeaders(headers: LineRun['headers']): Exchange['credentials']['headers'] {
  return { get: (name) => headers[name.toLowerCase()] ?? null }
}

function createExchange({
  url,
  body,
  headers,
  signal,
}: Pick<LineRun, 'body' | 'headers' | 'signal' | 'url'>): Exchange {
  return {
    credentials: {
      method: 'POST',
      url: `https://localhost${url}`,
      headers: toHeaders(headers),
      clientCertificate: () => undefined,
    },
    async readBytes(maxBytes) {
      const bytes = Buffer.from(body)
      if (bytes.length <= maxBytes) return bytes
      throw new AppError('body.too-large', { message: `the body is longer than ${maxBytes} bytes` })
    },
    hasLeft: () => signal.aborted,
    onLeave: (listener) => signal.addEventListener('abort', listener, { once: true }),
  }
}
