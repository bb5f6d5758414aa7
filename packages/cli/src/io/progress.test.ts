import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createProgress } from './progress.ts'

const environment = { NO_COLOR: '1' }

function createScreen(isTTY: boolean) {
  const stderr = Object.assign(new PassThrough(), { isTTY })
  return { stderr, read: () => String(stderr.read() ?? '') }
}

test('a terminal sees share, count, size and pace, and a clean line at the end', () => {
  const { stderr, read } = createScreen(true)
  let milliseconds = 0
  const progress = createProgress({ terminal: { stderr, environment }, totalBytes: 4_000_000, now: () => milliseconds })
  milliseconds = 2000
  progress.add({ bytes: 1_000_000, documents: 1204 })
  expect(read()).toBe(`\r\u001b[2K  ${'━'.repeat(7)}${'─'.repeat(21)}  25 %  1,204 documents  1.0 MB  500 kB/s`)
  progress.add({ bytes: 1_000_000, documents: 1 })
  expect(read()).toBe('')
  progress.end()
  expect(read()).toBe('\r\u001b[2K')
})

test('a narrow terminal sees as much as one row holds', () => {
  const { stderr, read } = createScreen(true)
  let milliseconds = 0
  const narrow = { stderr: Object.assign(stderr, { columns: 36 }), environment }
  const progress = createProgress({ terminal: narrow, totalBytes: 4_000_000, now: () => milliseconds })
  milliseconds = 2000
  progress.add({ bytes: 1_000_000, documents: 1204 })
  expect(read()).toBe('\r\u001b[2K  25 %  1,204 documents  1.0 MB')
})

test('a file or a pipe sees nothing of it', () => {
  const { stderr, read } = createScreen(false)
  const progress = createProgress({ terminal: { stderr, environment }, now: () => 0 })
  progress.add({ bytes: 1, documents: 1 })
  progress.end()
  expect(read()).toBe('')
})
