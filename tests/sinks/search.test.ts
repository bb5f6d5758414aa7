import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { encodeForms } from './encodings.ts'
import { createSearcher } from './search.ts'

const VALUE = 'Søren "Bo" Ka/sk & Lü'

async function scratchFile(bytes: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-search-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'sink')
  await writeFile(path, bytes)
  return path
}

describe('encodeForms', () => {
  const carriers: Record<string, string | Buffer> = {
    plain: `x${VALUE}x`,
    'a JSON string': JSON.stringify({ a: VALUE }),
    'a percent-encoded path': `/a/${encodeURIComponent(VALUE)}`,
    'a lower-case percent-encoded path': `/a/${encodeURIComponent(VALUE).replaceAll(/%../g, (hex) => hex.toLowerCase())}`,
    'a query': new URLSearchParams({ a: VALUE }).toString(),
    'UTF-16, little endian': Buffer.from(`x${VALUE}x`, 'utf16le'),
    'UTF-16, big endian': Buffer.from(`x${VALUE}x`, 'utf16le').swap16(),
    'a bytea in text': `\\x${Buffer.from(`x${VALUE}x`).toString('hex')}`,
    'JSON with every unit escaped': Array.from(VALUE)
      .map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
    ...Object.fromEntries(
      [0, 1, 2].map((n) => [`base64 after ${n} bytes`, Buffer.from(`${'p'.repeat(n)}${VALUE}tail`).toString('base64')]),
    ),
    ...Object.fromEntries(
      [0, 1, 2].map((n) => [
        `base64url after ${n} bytes`,
        Buffer.from(`${'p'.repeat(n)}${VALUE}~`).toString('base64url'),
      ]),
    ),
  }
  test.each(Object.entries(carriers))('finds a value in %s', (source, carrier) => {
    const hits = createSearcher({ name: VALUE }).inBytes(Buffer.from(carrier), source)
    expect(hits.map(({ label }) => label)).toContain('name')
  })

  test('gives equal forms once', () => {
    const forms = encodeForms('abcdef').map(({ bytes }) => bytes.toString('latin1'))
    expect(new Set(forms).size).toBe(forms.length)
  })
})

describe('createSearcher', () => {
  test('finds what a search for each pattern alone finds, wherever it lies', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 6, maxLength: 9 })
    const property = fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.array(word), (words, text) => {
      const haystack = Buffer.from(text.join(''))
      const values = Object.fromEntries(words.map((value, at) => [`v${at}`, value]))
      const found = createSearcher(values)
        .inBytes(haystack, 'memory')
        .map(({ label, form, offset }) => `${label} ${form} ${offset}`)
      const expected = Object.entries(values).flatMap(([label, value]) =>
        encodeForms(value).flatMap(({ form, bytes }) =>
          Array.from({ length: haystack.length }, (_, at) => at)
            .filter((at) => haystack.subarray(at, at + bytes.length).equals(bytes))
            .map((at) => `${label} ${form} ${at}`),
        ),
      )
      expect(found.sort()).toEqual(expected.sort())
    })
    fc.assert(property)
  })

  test.each([-9, -8, -1, 0, 4])('finds a value in a large file, %i bytes from where two reads meet', async (offset) => {
    const bytes = Buffer.alloc(9 * 1024 * 1024)
    const at = 4 * 1024 * 1024 + offset
    bytes.write('quoin-yarrow', at)
    const hits = await createSearcher({ phrase: 'quoin-yarrow' }).inFile(await scratchFile(bytes))
    expect(hits).toMatchObject([{ label: 'phrase', form: 'plain', offset: at }])
  })

  test('finds nothing where nothing was planted', () => {
    const hits = createSearcher({ phrase: 'quoin-yarrow' }).inBytes(Buffer.from('quoin yarrow quoin-yarro'), 'memory')
    expect(hits).toEqual([])
  })

  test('refuses a value that chance would find', () => {
    expect(() => createSearcher({ initials: 'ab' })).toThrow(RangeError)
  })
})
