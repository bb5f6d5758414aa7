import { availableParallelism, cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { hashPolicySet, loadPolicyEngine, readPolicyFolder } from '@breakwater/server'
import type { PolicyQuestion, PolicySet } from '@breakwater/server'

const BARS = { p50Ms: 0.4, p99Ms: 2 }

export const HELP = `npm run bench -- policy [--policies 50] [--rate 1000] [--seconds 20] [--principals 200]
  Decisions of the product's engine: so many policies in the slice of one action, so many decisions a second, one by one on
  one core. cold: each is decided anew. warm: as the server runs it, the same question is answered from memory.`

/** The shipped set, filled up with policies over the same action that look at as much. */
async function fillSet(count: number): Promise<PolicySet> {
  const shipped = await readPolicyFolder()
  const speaks = Object.values(shipped.policies).filter(
    (text) => text.includes('"cross"') || /action,/.test(text),
  ).length
  const fillers = Array.from({ length: Math.max(0, count - speaks) }, (_, index) => {
    const scope = index % 2 === 0 ? 'forbid (principal' : `permit (principal in Role::"ward-${index}"`
    const text = `${scope}, action == Action::"cross", resource) when {
      context has model && context.model == "model-${index}" && principal.purposes.contains(context.purpose) &&
      !["phi", "limited-data-set"].contains(context.dataClass) };`
    return [`filler-${index}`, text] as const
  })
  return { ...shipped, policies: { ...shipped.policies, ...Object.fromEntries(fillers) } }
}

function listQuestions(principals: number): PolicyQuestion[] {
  const purposes = ['TREAT', 'HPAYMT', 'HOPERAT'] as const
  return Array.from({ length: principals }, (_, index) => ({
    principal: {
      tenant: 'acme',
      id: `app-${index}`,
      kind: 'service',
      roles: index % 3 === 0 ? ['application', 'auditor'] : ['application'],
      purposes: ['TREAT', 'HPAYMT'],
      mayRestore: true,
    },
    action: 'cross',
    purpose: purposes[index % purposes.length] ?? 'TREAT',
    endpoint: 'chat.completions',
    provider: 'demo',
    model: `model-${index % 60}`,
    dataClass: 'synthetic',
    environment: 'development',
    isMfa: false,
    isRecentlyAuthenticated: false,
  }))
}

interface Latency {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly perSecond: number
}

/** Decides at a steady rate: what is due is decided, then it sleeps. */
async function measure(decide: (index: number) => void, rate: number, seconds: number): Promise<Latency> {
  const durations: number[] = []
  const startedMs = performance.now()
  while (performance.now() - startedMs < seconds * 1_000) {
    const due = ((performance.now() - startedMs) / 1_000) * rate
    while (durations.length < due) {
      const fromMs = performance.now()
      decide(durations.length)
      durations.push(performance.now() - fromMs)
    }
    await sleep(1)
  }
  const perSecond = Math.round(durations.length / ((performance.now() - startedMs) / 1_000))
  const sorted = durations.toSorted((a, b) => a - b)
  const at = (share: number): number => Number((sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(3))
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), perSecond }
}

/** Latency of decisions at a steady rate, decided anew and from memory. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      policies: { type: 'string', default: '50' },
      rate: { type: 'string', default: '1000' },
      seconds: { type: 'string', default: '20' },
      principals: { type: 'string', default: '200' },
    },
  })
  const [policies = 50, rate = 1, seconds = 1, principals = 1] = [
    values.policies,
    values.rate,
    values.seconds,
    values.principals,
  ].map(Number)
  const set = await fillSet(policies)
  const questions = listQuestions(principals)
  const figures: Record<string, Latency> = {}
  for (const [name, remembers] of [
    ['cold', false],
    ['warm', true],
  ] as const) {
    const engine = loadPolicyEngine(set, `${hashPolicySet(set)}/${name}`, { remembers })
    const decide = (index: number): void => {
      const question = questions[index % questions.length]
      if (question) engine(question)
    }
    // Until the just-in-time compiler has seen it.
    await measure(decide, rate, 2)
    figures[name] = await measure(decide, rate, seconds)
  }
  const rows = Object.entries(figures).flatMap(([name, latency]) => [
    { figure: `${name}: decision p50, ms`, value: latency.p50Ms, bar: `<= ${BARS.p50Ms}` },
    { figure: `${name}: decision p99, ms`, value: latency.p99Ms, bar: `<= ${BARS.p99Ms}` },
    { figure: `${name}: decision max, ms`, value: latency.maxMs, bar: '' },
    { figure: `${name}: decisions/s offered and made`, value: latency.perSecond, bar: `${rate}` },
  ])
  const conditions = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    policies,
    policiesInSet: Object.keys(set.policies).length,
    principals,
    rate,
    seconds,
  }
  console.table(rows)
  console.log(JSON.stringify({ bench: 'policy', ...figures, conditions }))
}
