import { toEventFrame, toExceptionFrame, toFrame } from '@breakwater/testkit'
import { AppError } from '@breakwater/kernel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFrameDecoder } from './event-stream.ts'

const PAYLOAD = '{"contentBlockIndex":0,"delta":{"text":"Hi"}}'
const FRAME = Buffer.from(
  '0000009400000057b4ab9aee0b3a6576656e742d74797065070011636f6e74656e74426c6f636b44656c74610d3a636f6e74656e742d74797065' +
    '0700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f6e74656e74426c6f636b496e' +
    '646578223a302c2264656c7461223a7b2274657874223a224869227d7d1f944657',
  'hex',
)

/** What a decoder says of bytes in these pieces, the end included. */
function decode(pieces: readonly Uint8Array[]): { name: string; data: string }[] {
  const decoder = createFrameDecoder()
  const events = pieces.flatMap((piece) => [...decoder.push(piece)])
  decoder.end?.()
  return events
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run()
  } catch (error) {
    return error instanceof AppError ? error.code : 'another error'
  }
  return undefined
}

describe('frames of an event stream (GW-02)', () => {
  test('are read as the published answer has it', () => {
    expect(FRAME).toHaveLength(148)
    expect(toEventFrame('contentBlockDelta', JSON.parse(PAYLOAD)).equals(FRAME)).toBe(true)
    expect(decode([FRAME])).toEqual([{ name: 'contentBlockDelta', data: PAYLOAD }])
  })

  test('say nothing when any one bit of them is flipped, with whole frames around it', () => {
    for (let bit = 0; bit < FRAME.length * 8; bit++) {
      const damaged = Buffer.from(FRAME)
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const decoder = createFrameDecoder()
      expect(decoder.push(FRAME)).toHaveLength(1)
      let said = 0
      expect(
        codeOf(() => {
          said += decoder.push(damaged).length
          said += decoder.push(FRAME).length
          decoder.end?.()
        }),
        `bit ${bit}`,
      ).toBe('provider.invalid-answer')
      expect(said).toBe(0)
    }
  })

  test('are the same however their bytes are cut', () => {
    const frames = ['a', 'b "', 'ç 𝛼'].map((text, at) => toEventFrame(`e${at}`, { text }))
    const bytes = Buffer.concat(frames)
    const whole = decode([bytes])
    expect(whole).toHaveLength(3)
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: bytes.length })), (cuts) => {
        const marks = [0, ...cuts.toSorted((one, other) => one - other), bytes.length]
        const pieces = marks.slice(1).map((end, at) => bytes.subarray(marks[at], end))
        expect(decode(pieces)).toEqual(whole)
      }),
    )
  })

  test('that say they are longer than any are refused by their first twelve bytes', () => {
    const long = toFrame({ ':message-type': 'event' }, 'x'.repeat(1_048_576))
    const decoder = createFrameDecoder()
    expect(decoder.push(long.subarray(0, 11))).toEqual([])
    expect(codeOf(() => decoder.push(long.subarray(11, 12)))).toBe('provider.invalid-answer')
  })

  test('end a stream that stops within one', () => {
    expect(codeOf(() => decode([FRAME, FRAME.subarray(0, 100)]))).toBe('provider.invalid-answer')
  })

  test.each([
    ['throttlingException', 'provider.rate-limited'],
    ['modelTimeoutException', 'provider.timeout'],
    ['validationException', 'provider.rejected'],
    ['internalServerException', 'provider.failed'],
    ['modelStreamErrorException', 'provider.failed'],
    ['somethingNewException', 'provider.failed'],
  ])('that bring %s end in %s, without its text', (name, code) => {
    const run = (): unknown => decode([FRAME, toExceptionFrame(name, 'text of the vendor')])
    expect(codeOf(run)).toBe(code)
    expect(run).not.toThrow(/vendor/)
  })

  test.each([
    ['another kind of message', { ':message-type': 'initial-response', ':event-type': 'x' }],
    ['no kind', { ':event-type': 'x', ':content-type': 'application/json' }],
    ['another type of content', { ':message-type': 'event', ':event-type': 'x', ':content-type': 'text/plain' }],
  ])('with %s are refused', (_what, headers) => {
    expect(codeOf(() => decode([toFrame(headers, '{}')]))).toBe('provider.invalid-answer')
  })
})
