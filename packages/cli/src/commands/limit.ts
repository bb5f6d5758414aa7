import { LIMIT_METRICS, LIMIT_SPANS, limitInputSchema, priceInputSchema } from '@breakwater/contract'
import type { LimitRecord, LimitUsage, PriceRecord } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { FILE_OPTION, readBody } from '../api/input.ts'
import type { Command, Given } from '../command.ts'
import { formatTable } from '../io/format.ts'
import type { Style } from '../style.ts'

const MAX_AMOUNT = 999_999_999_999_999
const FIELD_OPTIONS = {
  principal: 'principal',
  purpose: 'purpose',
  provider: 'provider',
  metric: 'metric',
  span: 'span',
  amount: 'amount',
  currency: 'currency',
}
const PRICE_OPTIONS = {
  provider: 'provider',
  model: 'model',
  currency: 'currency',
  inputMicros: 'input-micros',
  outputMicros: 'output-micros',
}

export const limitCommands: readonly Command[] = [
  createApiCommand({
    name: 'limit list',
    summary: 'how much may cross',
    options: {},
    async tell(client, _given, style) {
      const { limits } = await client.call('listLimits')
      return { json: limits, lines: describeLimits(limits, style) }
    },
  }),
  createApiCommand({
    name: 'limit usage',
    summary: 'what of it is taken now, on all replicas',
    examples: ['limit usage --json'],
    options: {},
    async tell(client, _given, style) {
      const { usage } = await client.call('listLimitUsage')
      return { json: usage, lines: describeUsage(usage, style) }
    },
  }),
  createApiCommand({
    name: 'limit put',
    summary: 'record a limit, or its next amount',
    positionals: ['ID'],
    examples: [
      'limit put each-person --metric requests --span minute --amount 60 --principal "*"',
      'limit put cloud --metric cost --span month --amount 500000000 --currency USD --provider cloud',
      'limit put streams --metric streams --amount 40',
    ],
    options: {
      metric: { type: 'string', choices: LIMIT_METRICS, help: 'what is counted' },
      span: { type: 'string', choices: LIMIT_SPANS, help: 'within what; streams have none' },
      amount: { type: 'string', value: 'N', help: 'how much; of cost in millionths of the currency' },
      principal: { type: 'string', value: 'ID', help: 'whose; * is each by itself, left out all together' },
      purpose: { type: 'string', value: 'CODE', help: 'for which purpose of use; * is each by itself' },
      provider: { type: 'string', value: 'ID', help: 'to which provider; * is each by itself' },
      currency: { type: 'string', value: 'CODE', help: 'of cost, e.g. USD' },
      file: FILE_OPTION,
    },
    notes: ['A limit goes on counting what it counts: only its amount can change.'],
    async tell(client, given, style, terminal) {
      const [id = ''] = given.positionals
      const body = await readBody(limitInputSchema, given, terminal, {
        options: FIELD_OPTIONS,
        read: () => ({
          ...readTexts(given, ['principal', 'purpose', 'provider', 'metric', 'span', 'currency']),
          amount: given.integer('amount', { min: 1, max: MAX_AMOUNT }),
        }),
      })
      const limit = await client.call('putLimit', { params: { id }, body })
      return { json: limit, lines: [style.good(`recorded, version ${limit.version}`)] }
    },
  }),
  createApiCommand({
    name: 'limit end',
    summary: 'ends a limit: nothing is counted against it any more',
    positionals: ['ID'],
    options: {},
    async tell(client, { positionals: [id = ''] }, style) {
      await client.call('endLimit', { params: { id } })
      return { json: { id, isEnded: true }, lines: [style.good('ended')] }
    },
  }),
  createApiCommand({
    name: 'price list',
    summary: 'what models cost, for limits of cost',
    options: {},
    async tell(client, _given, style) {
      const { prices } = await client.call('listPrices')
      return { json: prices, lines: describePrices(prices, style) }
    },
  }),
  createApiCommand({
    name: 'price put',
    summary: 'record what a model costs',
    examples: [
      'price put --provider cloud --model gpt-x --currency USD --input-micros 2500000 --output-micros 10000000',
    ],
    options: {
      provider: { type: 'string', value: 'ID', help: 'whose model' },
      model: { type: 'string', value: 'NAME', help: 'as requests name it' },
      currency: { type: 'string', value: 'CODE', help: 'e.g. USD' },
      'input-micros': { type: 'string', value: 'N', help: 'millionths of the currency for a million tokens sent' },
      'output-micros': { type: 'string', value: 'N', help: 'and for a million tokens of the answer' },
      file: FILE_OPTION,
    },
    async tell(client, given, style, terminal) {
      const bounds = { min: 0, max: MAX_AMOUNT }
      const body = await readBody(priceInputSchema, given, terminal, {
        options: PRICE_OPTIONS,
        read: () => ({
          ...readTexts(given, ['provider', 'model', 'currency']),
          inputMicros: given.integer('input-micros', bounds),
          outputMicros: given.integer('output-micros', bounds),
        }),
      })
      const price = await client.call('putPrice', { body })
      return { json: price, lines: [style.good(`recorded, version ${price.version}`)] }
    },
  }),
]

/** Only options that were given: a field of no value is not one left out. */
function readTexts(given: Given, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = given.text(name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function describeLimits(limits: readonly LimitRecord[], style: Style): string[] {
  if (limits.length === 0) return [style.dim('no limits: as much may cross as agreements and policies permit')]
  const rows = limits.map(({ id, metric, span, amount, currency, principal, purpose, provider, endedAt }) => [
    id,
    metric,
    span ?? 'at a time',
    currency === undefined ? String(amount) : `${amount / 1_000_000} ${currency}`,
    principal ?? 'all',
    purpose ?? 'all',
    provider ?? 'all',
    endedAt === undefined ? 'in force' : 'ended',
  ])
  return formatTable(rows, ['ID', 'METRIC', 'SPAN', 'AMOUNT', 'PRINCIPAL', 'PURPOSE', 'PROVIDER', 'STATE'], style)
}

function describeUsage(usage: readonly LimitUsage[], style: Style): string[] {
  if (usage.length === 0) return [style.dim('nothing is counted')]
  const rows = usage.map(({ limit, principal, purpose, provider, taken, amount, since }) => [
    limit,
    [principal, purpose, provider].filter((part) => part !== undefined).join(' ') || 'all',
    `${taken} of ${amount}`,
    since,
  ])
  return formatTable(rows, ['LIMIT', 'OF', 'TAKEN', 'SINCE'], style)
}

function describePrices(prices: readonly PriceRecord[], style: Style): string[] {
  if (prices.length === 0) return [style.dim('no prices: a limit of cost would refuse every model')]
  const rows = prices.map(({ provider, model, currency, inputMicros, outputMicros }) => [
    provider,
    model,
    currency,
    String(inputMicros / 1_000_000),
    String(outputMicros / 1_000_000),
  ])
  return formatTable(rows, ['PROVIDER', 'MODEL', 'CURRENCY', 'INPUT PER MILLION', 'OUTPUT PER MILLION'], style)
}
