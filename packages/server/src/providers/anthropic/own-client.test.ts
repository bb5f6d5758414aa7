import Anthropic from '@anthropic-ai/sdk'
import { startAnthropicServer } from '@breakwater/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SAID } from '../../testing/conversations.ts'

// The server that judges the adapter is judged itself: the vendor's own client must understand it.
let server: Awaited<ReturnType<typeof startAnthropicServer>>
beforeAll(async () => {
  server = await startAnthropicServer({ apiKey: 'sk-ant-made-up' })
})
afterAll(async () => server.close())

test("the vendor's own client makes the same message of a stream of our server as of a whole answer (GW-02)", async () => {
  const client = new Anthropic({ apiKey: 'sk-ant-made-up', baseURL: server.url, maxRetries: 0 })
  const request = {
    model: 'claude-sonnet-5-5',
    max_tokens: 64,
    messages: [{ role: 'user' as const, content: 'hello' }],
  }
  server.say(SAID)
  const whole = await client.messages.create(request)
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      server.cutBy(seed)
      const streamed = await client.messages.stream(request).finalMessage()
      expect(streamed.content).toEqual(whole.content)
      expect(streamed.stop_reason).toBe(whole.stop_reason)
      expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens)
    }),
    { numRuns: 10 },
  )
  expect(server.faults).toEqual([])
})
