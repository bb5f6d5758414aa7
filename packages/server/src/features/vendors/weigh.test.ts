import { FEATURES } from '@breakwater/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readStarterFacts } from './starter.ts'
import type { GrantedTerms, VendorCall, VendorFact } from './types.ts'
import { weighFacts } from './weigh.ts'

const BASE: VendorFact = {
  id: 'a',
  version: 1,
  vendor: 'acme',
  service: 'api',
  endpoint: '*',
  feature: 'plain',
  model: '*',
  region: '*',
  coverage: 'yes',
  conditions: [],
  retentionDays: 0,
  liftedBy: [],
  humanReview: false,
  training: false,
  subprocessors: [],
  source: 'https://acme.example.org/terms',
  checkedOn: '2026-05-01',
  putBy: 'admin',
  putAt: new Date('2026-05-01'),
  confirmedBy: 'ana',
  confirmedAt: new Date('2026-05-02'),
}
const THIRTY: VendorFact = { ...BASE, retentionDays: 30, humanReview: true, liftedBy: ['zero-data-retention'] }
const STORE: VendorFact = { ...BASE, id: 'b', feature: 'store', retentionDays: 30 }
const { retentionDays: _days, humanReview: _review, training: _training, ...UNKNOWN } = BASE
const STRICT: GrantedTerms = { maxRetentionDays: 0, allowsHumanReview: false, allowsTraining: false, conditions: [] }
const CALL: VendorCall = {
  service: {
    vendor: 'acme',
    service: 'api',
    upstreamModel: 'big-1',
    region: 'us-east-1',
    isOfVendor: true,
    isContradicted: false,
  },
  endpoint: 'chat.completions',
  features: ['stream'],
}
const isConfirmed = ({ confirmedAt }: VendorFact): boolean => confirmedAt !== undefined
const { confirmedAt: _at, confirmedBy: _by, ...PENDING } = { ...BASE, id: 'p' }

const ROWS: readonly [string, readonly VendorFact[], Partial<VendorCall>, Partial<GrantedTerms>, readonly string[]][] =
  [
    ['a fact covers it', [BASE], {}, {}, []],
    ['a call that makes use of nothing is a plain one', [BASE], { features: [] }, {}, []],
    ['no fact speaks of it', [], {}, {}, ['vendor terms for the endpoint']],
    ['what is plain does not cover what is kept', [BASE], { features: ['store'] }, {}, ['vendor terms for store']],
    ['30 days against a policy of 0 (GW-10)', [THIRTY], {}, {}, ['retention', 'human review']],
    ['30 days and the exemption on record (GW-10)', [THIRTY], {}, { conditions: ['zero-data-retention'] }, []],
    [
      '30 days and another vendor’s exemption',
      [THIRTY],
      {},
      { conditions: ['retention-mode-none'] },
      ['retention', 'human review'],
    ],
    ['30 days and a policy of 30', [THIRTY], {}, { maxRetentionDays: 30, allowsHumanReview: true }, []],
    [
      'the exemption lifts no stored answer',
      [THIRTY, STORE],
      { features: ['store'] },
      { conditions: ['zero-data-retention'] },
      ['retention'],
    ],
    [
      'what is not known counts as the worst',
      [UNKNOWN],
      {},
      { maxRetentionDays: 3_660 },
      ['retention', 'human review', 'training'],
    ],
    [
      'a condition is not met',
      [{ ...BASE, coverage: 'if', conditions: ['eligible-endpoint'] }],
      {},
      {},
      ['condition eligible-endpoint'],
    ],
    [
      'a condition is met',
      [{ ...BASE, coverage: 'if', conditions: ['eligible-endpoint'] }],
      {},
      { conditions: ['eligible-endpoint'] },
      [],
    ],
    [
      'every fact must be met, not the narrowest',
      [BASE, { ...THIRTY, id: 'm', model: 'big-*' }],
      {},
      {},
      ['retention', 'human review'],
    ],
    ['a fact of another model says nothing', [BASE, { ...THIRTY, id: 'm', model: 'small-*' }], {}, {}, []],
    ['a fact of another place does not cover', [{ ...BASE, region: 'eu' }], {}, {}, ['vendor terms for the endpoint']],
    ['a fact of a country covers a place in it', [{ ...BASE, region: 'us' }], {}, {}, []],
    ['another endpoint is covered', [{ ...BASE, endpoint: 'responses' }], {}, {}, ['vendor terms for the endpoint']],
    ['what is to be confirmed gives nothing', [PENDING], {}, {}, ['vendor terms for the endpoint']],
    ['and takes away at once', [BASE, { ...PENDING, coverage: 'no' }], {}, {}, ['vendor terms for the endpoint']],
  ]

describe('a vendor’s terms', () => {
  test.for(ROWS)('%s', ([, facts, call, terms, gaps]) => {
    expect(weighFacts(facts, { ...CALL, ...call }, { ...STRICT, ...terms }, isConfirmed)).toEqual(gaps)
  })

  const features = fc.subarray(Object.keys(FEATURES))
  const terms = fc.record({
    maxRetentionDays: fc.constantFrom(0, 1, 30, 3_660),
    allowsHumanReview: fc.boolean(),
    allowsTraining: fc.boolean(),
    conditions: fc.subarray(['zero-data-retention', 'eligible-endpoint', 'hipaa-ready-organisation'] as const),
  })
  const fact = fc.record({
    feature: fc.constantFrom('plain', 'store', 'tools', 'stream', 'hosted-tool.web-search', 'files'),
    coverage: fc.constantFrom('yes', 'no'),
    retentionDays: fc.constantFrom(0, 30),
    model: fc.constantFrom('*', 'big-*', 'small-1'),
    isConfirmed: fc.boolean(),
  })

  test('never cover more features than fewer of them: one more feature cannot turn deny into allow (GW-05)', () => {
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 8 }), features, features, terms, (drawn, some, more, granted) => {
        const facts = drawn.map(
          ({ isConfirmed: isDone, ...each }, index): VendorFact => ({
            ...(isDone ? BASE : PENDING),
            ...each,
            id: `f-${index}`,
          }),
        )
        const few = weighFacts(facts, { ...CALL, features: some }, granted, isConfirmed)
        const many = weighFacts(facts, { ...CALL, features: [...some, ...more] }, granted, isConfirmed)
        // A call without features is a plain one, which is no part of a list of others.
        if (some.length > 0) expect(many).toEqual(expect.arrayContaining([...few]))
      }),
      { numRuns: 500 },
    )
  })
})

describe('the shipped registry', () => {
  test('parses, is dated, names its sources, and covers nothing that is kept', async () => {
    const facts = await readStarterFacts()
    expect(facts.length).toBeGreaterThan(80)
    for (const each of facts) {
      expect(each.checkedOn).toBe('2026-11-22')
      const isPlain = ['plain', 'structured-output', 'prompt-cache'].includes(each.feature)
      if (!isPlain) expect([each.id, each.coverage]).toEqual([each.id, 'no'])
    }
    const vendors = new Set(facts.map(({ vendor }) => vendor))
    expect(vendors).toEqual(new Set(['openai', 'azure', 'aws', 'anthropic', 'google', 'self-hosted']))
  })
})
