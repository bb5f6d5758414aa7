import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { createNonceSource } from './nonces.ts'

const COUNT = 200_000
const THREADS = 4
const EACH = 25_000
const SIZE = 12

const DRAW = `const { randomFillSync } = require('node:crypto')
const drawn = new Uint8Array(${EACH} * ${SIZE})
for (let at = 0; at < drawn.length; at += ${SIZE}) randomFillSync(drawn, at, ${SIZE})
require('node:worker_threads').parentPort.postMessage(drawn)`

const split = (bytes: Uint8Array): string[] =>
  Array.from({ length: bytes.length / SIZE }, (_, index) =>
    Buffer.from(bytes.subarray(index * SIZE, (index + 1) * SIZE)).toString('base64'),
  )

describe('random bytes under heavy demand', () => {
  test('nonces do not repeat, in one source, across sources and across threads that draw at the same time', async () => {
    const threads = Array.from({ length: THREADS }, async () => {
      const worker = new Worker(DRAW, { eval: true })
      const [drawn] = (await once(worker, 'message')) as [Uint8Array]
      await worker.terminate()
      return drawn
    })
    const [one, other] = [createNonceSource(), createNonceSource()]
    const seen = new Set<string>()
    for (let index = 0; index < COUNT; index++) {
      seen.add(Buffer.from(index % 2 === 0 ? one() : other()).toString('base64'))
    }
    for (const drawn of await Promise.all(threads)) for (const nonce of split(drawn)) seen.add(nonce)
    expect(seen.size).toBe(COUNT + THREADS * EACH)
  })

  test('no draw waits for the kernel: of 200,000 in a row the slowest thousandth takes less than five milliseconds', () => {
    const tookMs: number[] = []
    for (let index = 0; index < COUNT; index++) {
      const startedMs = performance.now()
      randomBytes(32)
      tookMs.push(performance.now() - startedMs)
    }
    tookMs.sort((a, b) => a - b)
    expect(tookMs[Math.floor(COUNT * 0.999)]).toBeLessThan(5)
  })

  test('bits are as often set as not, within six standard deviations', () => {
    const bytes = randomBytes(1_000_000)
    let ones = 0
    for (const byte of bytes) for (let left = byte; left > 0; left &= left - 1) ones += 1
    const bits = bytes.length * 8
    expect(Math.abs(ones - bits / 2)).toBeLessThan(6 * Math.sqrt(bits / 4))
  })
})
