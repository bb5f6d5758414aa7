import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createSink } from './sink.ts'

test('a slow reader holds the writer back: no second batch before the first is taken', async () => {
  const taken: string[] = []
  let take = (): void => undefined
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      take = () => {
        taken.push(String(chunk))
        done()
      }
    },
  })
  const sink = createSink(slow)
  await sink.write('a')
  let isFlushed = false
  const flushed = sink.flush().then(() => (isFlushed = true))
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect({ isFlushed, taken }).toEqual({ isFlushed: false, taken: [] })
  take()
  await flushed
  expect(taken).toEqual(['a'])
})

test('a failed stream fails the write that comes next, and one that waits', async () => {
  const broken = new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => done(new Error('broken')) })
  const sink = createSink(broken)
  await sink.write('a')
  await expect(sink.flush()).rejects.toThrow('broken')
  await sink.write('b')
  await expect(sink.flush()).rejects.toThrow('broken')
})
