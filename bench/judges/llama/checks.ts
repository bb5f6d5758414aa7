import { describeRow, MODEL } from './world.ts'
import type { World } from './world.ts'

/** One promise, and what was seen that breaks it. */
interface Check {
  readonly rule: string
  readonly findFaults: (world: World) => Promise<readonly string[]>
}

/** Made up, and short: each byte is a token of the generated model, which reads 512 of them. */
const PLANTED = { name: 'Jonas Falkner', record: '00482913', telephone: '(217) 555-0142' }
const PROMPT = `Call Mr. ${PLANTED.name}, MRN ${PLANTED.record}, at ${PLANTED.telephone}.`
const messages = [{ role: 'user', content: PROMPT }]
const GREEDY = { messages, temperature: 0, max_tokens: 48 }

/** Holds the engine to a name that it knows by a token only: however it samples, it must say that token. */
const SCHEMA = {
  type: 'object',
  properties: {
    patient: { type: 'string', enum: [PLANTED.name] },
    acuity: { type: 'string', enum: ['low', 'high'] },
  },
  required: ['patient', 'acuity'],
  additionalProperties: false,
}
const YEAR_MS = 365 * 86_400_000

/** Rows under which the engine's own address is not listed: by address, and by a name that leads to it. */
const UNLISTED: readonly (readonly [string, (port: number) => string, readonly string[]])[] = [
  ['unlisted-address', (port) => `http://127.0.0.1:${port}/v1`, ['127.0.0.2']],
  ['unlisted-name', (port) => `https://localhost:${port}/v1`, ['10.20.30.40']],
  ['unlisted-public', (port) => `https://192.0.2.7:${port}/v1`, ['10.0.0.0/8']],
]

export const CHECKS: readonly Check[] = [
  {
    rule: 'the control: past the gateway, the same request brings the engine every planted value',
    async findFaults({ engine }) {
      const body = JSON.stringify({ ...GREEDY, model: MODEL })
      await fetch(`${engine.baseUrl}/chat/completions`, { method: 'POST', body })
      const arrived = engine.arrivals.at(-1) ?? ''
      return Object.entries(PLANTED).flatMap(([name, value]) => faultUnless(arrived.includes(value), `no ${name}`))
    },
  },
  {
    rule: 'what reaches the engine holds none of the planted values, and more than nothing (GW-08)',
    async findFaults({ ask, engine }) {
      const before = engine.arrivals.length
      const { status } = await ask(GREEDY)
      const arrived = engine.arrivals.slice(before)
      return [
        ...faultUnless(status === 200, `status ${status}`),
        ...faultUnless(arrived.length === 1, `${arrived.length} requests arrived`),
        ...Object.entries(PLANTED).flatMap(([name, value]) =>
          arrived.some((body) => body.includes(value)) ? [`the ${name} arrived`] : [],
        ),
        ...faultUnless(
          arrived.every((body) => body.includes('Call Mr. ')),
          'what is not PHI did not arrive',
        ),
      ]
    },
  },
  {
    rule: 'at temperature 0 its answer is the same whole and streamed, to the same masked request (GW-08)',
    async findFaults({ ask, engine }) {
      const before = engine.arrivals.length
      const whole = contentOf((await ask(GREEDY)).text)
      const { text } = await ask({ ...GREEDY, stream: true })
      const [first, second] = engine.arrivals.slice(before).map((body) => JSON.stringify(JSON.parse(body).messages))
      return [
        ...faultUnless(whole.length > 0, 'the answer is empty'),
        ...faultUnless(text.trimEnd().endsWith('data: [DONE]'), 'the stream has no end'),
        ...faultUnless(joinDeltas(text) === whole, 'the stream says something else'),
        ...faultUnless(first === second, 'the engine was asked two different things'),
      ]
    },
  },
  {
    rule: 'a schema in response_format holds the engine to it, and the token that it must say comes back as the name (GW-08)',
    async findFaults({ ask, engine }) {
      const before = engine.arrivals.length
      const schema = { type: 'json_schema', json_schema: { name: 'triage', strict: true, schema: SCHEMA } }
      const body = { ...GREEDY, max_tokens: 200, response_format: schema }
      const whole = contentOf((await ask(body)).text)
      const streamed = joinDeltas((await ask({ ...body, stream: true })).text)
      return [
        ...faultUnless(isTriage(whole), 'the answer is not of the schema'),
        ...faultUnless(streamed === whole, 'the stream says something else'),
        ...faultUnless(
          engine.arrivals.slice(before).every((arrived) => !arrived.includes(PLANTED.name)),
          'the name arrived in the schema',
        ),
      ]
    },
  },
  {
    rule: 'an engine at an address that its row does not list is not dialled, and the ledger says so (GW-03)',
    async findFaults(world) {
      const faults = await Promise.all(UNLISTED.map(async (row) => findDialled(world, row)))
      return faults.flat()
    },
  },
  {
    rule: 'a row of this kind that is not of our own network cannot be put (GW-03)',
    async findFaults({ put, engine }) {
      const row = describeRow(`https://127.0.0.1:${engine.port}/v1`, ['127.0.0.1'], 'external')
      const { status } = await put('/api/v1/providers/external', { ...row, isInternal: false })
      return faultUnless(status === 400, `status ${status}`)
    },
  },
]

async function findDialled(
  { put, ask, engine, readEntries }: World,
  [id, baseUrlOf, addresses]: (typeof UNLISTED)[number],
): Promise<readonly string[]> {
  const at = (distanceMs: number): string => new Date(Date.now() + distanceMs).toISOString()
  const agreement = {
    kind: 'internal',
    provider: id,
    endpoints: ['chat.completions'],
    models: ['*'],
    purposes: ['TREAT'],
    effectiveFrom: at(-YEAR_MS),
    effectiveTo: at(YEAR_MS),
  }
  const rows = [
    await put(`/api/v1/providers/${id}`, describeRow(baseUrlOf(engine.port), addresses, id)),
    await put(`/api/v1/agreements/${id}`, agreement),
  ]
  const before = engine.connections()
  const { status, json } = await ask({ ...GREEDY, model: id })
  const outcome = (await readEntries()).findLast(({ kind, provider }) => kind === 'crossing.outcome' && provider === id)
  return [
    ...faultUnless(
      rows.every((row) => row.status < 300),
      `${id}: the row could not be put`,
    ),
    ...faultUnless(status === 502 && json.error?.code === 'provider.address-refused', `${id}: status ${status}`),
    ...faultUnless(engine.connections() === before, `${id}: the engine was dialled`),
    ...faultUnless(outcome?.decision === 'deny', `${id}: the ledger does not say that it was denied`),
    ...faultUnless(outcome?.codes?.includes('provider.address-refused') === true, `${id}: the ledger does not say why`),
  ]
}

const faultUnless = (holds: boolean, fault: string): readonly string[] => (holds ? [] : [fault])

function contentOf(text: string): string {
  return JSON.parse(text).choices?.[0]?.message?.content ?? ''
}

/** The text that the events of a stream add up to. */
function joinDeltas(text: string): string {
  const documents = text.split('\n').filter((line) => line.startsWith('data: {'))
  return documents.map((line) => JSON.parse(line.slice(6)).choices?.[0]?.delta?.content ?? '').join('')
}

function isTriage(text: string): boolean {
  const { patient, acuity, ...rest } = JSON.parse(text === '' ? '{}' : text)
  return patient === PLANTED.name && ['low', 'high'].includes(acuity) && Object.keys(rest).length === 0
}
