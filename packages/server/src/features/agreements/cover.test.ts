import { FEATURES, needsNaming } from '@breakwater/contract'
import type { Feature, Purpose } from '@breakwater/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findUncovered } from './cover.ts'
import type { Asked } from './cover.ts'
import type { Agreement } from './types.ts'

const ALL = Object.keys(FEATURES) as Feature[]
const NAMED = ALL.filter(needsNaming)
const PURPOSES: readonly Purpose[] = ['TREAT', 'HPAYMT', 'HOPERAT', 'HRESCH']
const ENDPOINTS = ['chat.completions', 'responses', 'embeddings'] as const
const MODELS = ['big-1', 'big-2', 'small-1'] as const
const HOSTS = ['api.acme.example.org', 'eu.acme.example.org'] as const
const PLACES = ['us-east-1', 'eu-west-1', 'ca-central-1'] as const
/** What a request must not find again in a refusal: it may be the caller's. */
const STRANGE = 'hunter2'

const BASE = {
  tenant: 'acme',
  id: 'baa',
  version: 1,
  provider: 'vendor',
  allowsHumanReview: false,
  conditions: [],
  parties: {},
  chain: [],
  clauses: [],
  effectiveFrom: new Date(0),
  effectiveTo: new Date(1),
} as const

const some = <T>(from: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...from], { minLength: 1 })

const agreements: fc.Arbitrary<Agreement> = fc
  .record({
    kind: fc.constantFrom('business-associate' as const, 'internal' as const),
    service: fc.option(fc.constantFrom('api', 'other'), { nil: undefined }),
    hosts: fc.subarray([...HOSTS]),
    endpoints: some(ENDPOINTS),
    models: fc.oneof(some(MODELS), fc.constant(['*'])),
    purposes: some(PURPOSES),
    features: fc.subarray(NAMED),
    regions: fc.oneof(some([...PLACES, 'us', 'eu']), fc.constant(['*'])),
    allowsTraining: fc.boolean(),
  })
  .map(({ service, ...drawn }) => ({
    ...BASE,
    ...drawn,
    ...(service !== undefined && { service }),
  }))

const asks: fc.Arbitrary<Asked> = fc
  .record({
    endpoint: fc.constantFrom(...ENDPOINTS, 'moderations'),
    model: fc.constantFrom(...MODELS, STRANGE),
    purpose: fc.constantFrom(...PURPOSES),
    features: fc.array(fc.constantFrom<string>(...ALL, STRANGE), { maxLength: 6 }),
    isTraining: fc.boolean(),
    residencies: fc.subarray(['us', 'eu', 'us-east-1']),
    host: fc.constantFrom(...HOSTS, undefined),
    region: fc.constantFrom(...PLACES, undefined),
    isOfVendor: fc.boolean(),
    isContradicted: fc.boolean(),
  })
  .map(({ host, region, isOfVendor, isContradicted, ...scope }) => ({
    ...scope,
    tenant: 'acme',
    provider: { id: 'vendor', kind: 'openai-compatible', isInternal: false },
    service: {
      vendor: 'acme',
      service: 'api',
      upstreamModel: scope.model,
      isOfVendor,
      isContradicted,
      ...(host !== undefined && { host }),
      ...(region !== undefined && { region }),
    },
  }))

/** An agreement that covers all of what is asked, if anything can. */
const covering = (asked: Asked): Agreement => ({
  ...BASE,
  kind: 'business-associate',
  service: asked.service.service ?? '',
  hosts: asked.service.host === undefined ? [] : [asked.service.host],
  endpoints: [asked.endpoint],
  models: [asked.model],
  purposes: [asked.purpose],
  features: NAMED.filter((feature) => asked.features.includes(feature)),
  regions: asked.service.region === undefined ? ['*'] : [asked.service.region],
  allowsTraining: true,
})

/** What of a request no agreement can make up for. */
const HOPELESS = new Set(['vendor', 'unknown feature', 'residency'])

describe('what an agreement covers (GW-05)', () => {
  test('each thing by itself: taken out of one that covers all, it alone is missing', () => {
    fc.assert(
      fc.property(asks, (asked) => {
        const agreement = covering(asked)
        const base = findUncovered(agreement, asked)
        expect(base.filter((name) => !HOPELESS.has(name))).toEqual([])
        const missing = (change: Partial<Agreement>): readonly string[] =>
          findUncovered({ ...agreement, ...change }, asked).filter((name) => !base.includes(name))
        expect(missing({ service: 'another' })).toEqual(['service'])
        expect(missing({ hosts: ['elsewhere.example.org'] })).toEqual(['host'])
        expect(missing({ endpoints: ['completions'] })).toEqual(['endpoint'])
        expect(missing({ models: ['another'] })).toEqual(['model'])
        expect(missing({ purposes: ['ETREAT' as Purpose] })).toEqual(['purpose'])
        expect(missing({ regions: ['ap-south-1'] })).toEqual(['region'])
        expect(missing({ kind: 'internal' })).toEqual(asked.service.isOfVendor ? ['kind'] : [])
        expect(missing({ allowsTraining: false })).toEqual(asked.isTraining ? ['training'] : [])
        for (const feature of agreement.features) {
          expect(missing({ features: agreement.features.filter((other) => other !== feature) })).toEqual([
            `feature ${feature}`,
          ])
        }
      }),
    )
  })

  test('one more feature, place to stay in or wish to train never turns a refusal into a yes', () => {
    fc.assert(
      fc.property(agreements, asks, fc.constantFrom<string>(...ALL, STRANGE), (agreement, asked, feature) => {
        const few = findUncovered(agreement, { ...asked, isTraining: false, residencies: [] })
        const many = findUncovered(agreement, { ...asked, isTraining: true, features: [...asked.features, feature] })
        expect(many).toEqual(expect.arrayContaining([...few]))
      }),
    )
  })

  test('an agreement that grants less never covers more', () => {
    fc.assert(
      fc.property(agreements, agreements, asks, (wide, other, asked) => {
        const within = <T>(one: readonly T[], two: readonly T[]): T[] => one.filter((each) => two.includes(each))
        const narrow: Agreement = {
          ...wide,
          endpoints: within(wide.endpoints, other.endpoints),
          purposes: within(wide.purposes, other.purposes),
          features: within(wide.features, other.features),
          models: wide.models.includes('*') ? other.models : within(wide.models, other.models),
          regions: wide.regions.includes('*') ? other.regions : within(wide.regions, other.regions),
          allowsTraining: wide.allowsTraining && other.allowsTraining,
        }
        expect(findUncovered(narrow, asked)).toEqual(expect.arrayContaining([...findUncovered(wide, asked)]))
      }),
    )
  })

  test('what is told of it are words of closed lists, whatever was asked', () => {
    fc.assert(
      fc.property(agreements, asks, (agreement, asked) => {
        expect(findUncovered(agreement, asked).join(' ')).not.toContain(STRANGE)
      }),
    )
  })
})
