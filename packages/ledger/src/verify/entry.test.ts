import { canonicalJson } from '@breakwater/kernel'
import type { JsonValue } from '@breakwater/kernel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completeEntry } from '../entry.ts'
import { ENTRY_KINDS, decodeEntry, encodeEntry } from './entry.ts'
import type { LedgerEntry } from './entry.ts'

const entry: LedgerEntry = {
  ...completeEntry(
    { tenant: 'acme', kind: 'crossing.intent' },
    { wall: '2026-01-02T03:04:05.678Z', monotonicNs: '18446744073709551615' },
  ),
  crossing: '0190a5b0-0000-7000-8000-000000000001',
  principal: 'ward-app',
  actor: { id: 'practitioner/1234', assurance: 'asserted' },
  patients: ['00'.repeat(16)],
  purpose: 'TREAT',
  basis: '45CFR164.506',
  agreement: { id: 'demo', version: 1 },
  policySet: 'ab'.repeat(32),
  keyVersion: 1,
  provider: 'demo',
  endpoint: '/v1/chat/completions',
  model: 'meta-llama/Llama-3.1-8B',
  features: ['streaming'],
  counts: { 'masked.name': 3 },
  decision: 'allow',
  codes: ['policy.default-deny'],
}
const refusal = (code: string): unknown => expect.objectContaining({ code })
const withField = (change: object): LedgerEntry => ({ ...entry, ...change })

describe('ledger entry v1', () => {
  test('is read back from its bytes', () => {
    expect(decodeEntry(encodeEntry(entry))).toEqual(entry)
  })

  test('is canonical: keys sorted, no blanks', () => {
    const bytes = encodeEntry(completeEntry({ tenant: 'acme', kind: 'log.started' }, entry.time))
    expect(Buffer.from(bytes).toString()).toBe(
      '{"actor":{"assurance":"unknown","id":"unknown"},"agreement":"unknown","basis":"unknown","codes":[],"counts":{},' +
        '"decision":"unknown","endpoint":"unknown","features":[],"keyVersion":"unknown","kind":"log.started",' +
        '"model":"unknown","patients":[],"policySet":"unknown","principal":"unknown","provider":"unknown",' +
        '"purpose":"unknown","tenant":"acme","time":{"monotonicNs":"18446744073709551615",' +
        '"wall":"2026-01-02T03:04:05.678Z"},"v":1}',
    )
  })

  test('whatever its fields hold, its text is that of RFC 8785 and can be read back', () => {
    const matching = (pattern: RegExp): fc.Arbitrary<string> => fc.stringMatching(pattern)
    const slug = matching(/^[a-z0-9][a-z0-9-]{0,62}$/)
    const name = matching(/^[A-Za-z0-9._:/@-]{1,128}$/)
    const codes = fc.array(matching(/^[a-z0-9][a-z0-9._:-]{0,63}$/), { maxLength: 4 })
    const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
    const unknown = fc.constant('unknown' as const)
    const instants = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z') })
    const entries: fc.Arbitrary<LedgerEntry> = fc.record(
      {
        v: fc.constant(1 as const),
        tenant: slug,
        time: fc.record({ wall: instants.map((date) => date.toISOString()), monotonicNs: number.map(String) }),
        kind: fc.constantFrom(...ENTRY_KINDS),
        crossing: fc.uuid(),
        principal: slug,
        actor: fc.record({ id: name, assurance: fc.constantFrom('verified', 'asserted', 'unknown') }),
        patients: fc.array(matching(/^([0-9a-f]{2}){16,32}$/), { maxLength: 3 }),
        purpose: fc.oneof(unknown, matching(/^[A-Z]{2,16}$/)),
        basis: name,
        agreement: fc.oneof(unknown, fc.record({ id: slug, version: number })),
        policySet: fc.oneof(unknown, matching(/^[0-9a-f]{64}$/)),
        keyVersion: fc.oneof(unknown, number),
        provider: slug,
        endpoint: name,
        model: name,
        features: codes,
        counts: fc.dictionary(matching(/^[a-z0-9][a-z0-9._:-]{0,63}$/), fc.nat(), { maxKeys: 5 }),
        decision: fc.constantFrom('allow', 'deny', 'unknown'),
        codes,
      },
      {
        requiredKeys: (
          'v tenant time kind principal actor patients purpose basis agreement policySet keyVersion provider endpoint ' +
          'model features counts decision codes'
        ).split(' ') as (keyof Omit<LedgerEntry, 'crossing'>)[],
      },
    )
    fc.assert(
      fc.property(entries, (drawn) => {
        const bytes = encodeEntry(drawn)
        expect(Buffer.from(bytes).toString()).toBe(canonicalJson({ ...drawn } as JsonValue))
        expect(decodeEntry(bytes)).toEqual(drawn)
      }),
    )
  })

  const tooLong = 'a'.repeat(129)
  const broken: readonly (readonly [string, object])[] = [
    ['v', { v: 2 }],
    ['tenant', { tenant: '' }],
    ['tenant', { tenant: 'Acme Clinic' }],
    ['time', { time: { wall: '2026-02-30T03:04:05.678Z', monotonicNs: '1' } }],
    ['time', { time: { wall: '2026-01-02', monotonicNs: '1' } }],
    ['time', { time: { wall: '2026-01-02T03:04:05.678Z', monotonicNs: '-1' } }],
    ['kind', { kind: 'crossing.other' }],
    ['crossing', { crossing: 'unknown' }],
    ['principal', { principal: 'ward app' }],
    ['actor', { actor: { id: 'Dr. Jane Doe', assurance: 'asserted' } }],
    ['actor', { actor: { id: 'x', assurance: 'asserted', note: 'x' } }],
    ['patients', { patients: ['078-05-1120'] }],
    ['patients', { patients: Array.from({ length: 65 }, () => '00'.repeat(16)) }],
    ['purpose', { purpose: 'to treat her' }],
    ['basis', { basis: 'because she asked' }],
    ['agreement', { agreement: { id: 'demo', version: 0 } }],
    ['policySet', { policySet: 'ab' }],
    ['keyVersion', { keyVersion: 1.5 }],
    ['provider', { provider: '' }],
    ['endpoint', { endpoint: '/v1/chat?name=doe' }],
    ['model', { model: tooLong }],
    ['model', { model: 'model\nname' }],
    ['features', { features: ['free text'] }],
    ['counts', { counts: { 'Jane Doe': 1 } }],
    ['counts', { counts: { names: -1 } }],
    ['counts', { counts: { names: '1' } }],
    ['decision', { decision: 'maybe' }],
    ['codes', { codes: ['Policy Denied'] }],
    ['/', { note: 'x' }],
  ]

  test.for(broken)(
    'refuses to write a broken %s, %#, naming the field and not its value (AU-03)',
    ([field, change]) => {
      expect(() => encodeEntry(withField(change))).toThrow(
        expect.objectContaining({ code: 'internal', field, message: `ledger entry: ${field} breaks its rule` }),
      )
    },
  )

  test.for(broken)('refuses to read a broken %s, %# (AU-03)', ([, change]) => {
    expect(() => decodeEntry(Buffer.from(JSON.stringify(withField(change))))).toThrow(refusal('ledger.inconsistent'))
  })

  test('refuses to write more than 4,095 bytes', () => {
    const patients = Array.from({ length: 64 }, () => '00'.repeat(32))
    expect(() => encodeEntry(withField({ patients }))).toThrow(refusal('internal'))
  })

  const text = Buffer.from(encodeEntry(entry)).toString()
  test.for([
    ['a blank', text.replace('"v":1', '"v": 1')],
    ['a key twice', text.replace('"v":1', '"v":1,"v":1')],
    ['another order', JSON.stringify(entry)],
    ['half an entry', text.slice(0, 40)],
    ['a byte order mark', `\ufeff${text}`],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['a field missing', text.replace('"decision":"allow",', '')],
    ['over 4,095 bytes', text + ' '.repeat(4095)],
  ])('refuses to read %s', ([, bytes]) => {
    expect(() => decodeEntry(Buffer.from(bytes ?? ''))).toThrow(refusal('ledger.inconsistent'))
  })

  test('refuses to read what is not UTF-8', () => {
    expect(() => decodeEntry(Buffer.from([0x22, 0xff, 0x22]))).toThrow(refusal('ledger.inconsistent'))
  })
})
