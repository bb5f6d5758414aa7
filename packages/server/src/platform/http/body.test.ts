import { describe, expect, test } from 'vitest'
import { readBytes } from './body.ts'

const MAX_BYTES = 8

const post = (body: string, headers: Record<string, string>): Request =>
  new Request('https://example.org/', { method: 'POST', body, headers })

describe.for([
  ['a declared length', (body: string): Request => post(body, { 'content-length': String(body.length) })],
  ['no declared length', (body: string): Request => post(body, {})],
  ['a declared length that is too small', (body: string): Request => post(body, { 'content-length': '1' })],
] as const)('a body with %s', ([, send]) => {
  test('is read as a whole up to the limit', async () => {
    expect(Buffer.from(await readBytes(send('12345678'), MAX_BYTES)).toString()).toBe('12345678')
  })

  test('is refused past the limit', async () => {
    await expect(readBytes(send('123456789'), MAX_BYTES)).rejects.toMatchObject({ code: 'body.too-large' })
  })
})
