import { describe, expect, test } from 'vitest'
import { createDemo, DEMO_NOTICE } from './demo.ts'

const options = { signal: new AbortController().signal, deadlineMs: 1_000 }
const body = JSON.stringify({
  model: 'demo',
  n: 2,
  stream_options: { include_usage: true },
  messages: [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: [{ type: 'text', text: 'NAME0123456789BC is well. Walks daily. Eats. Sleeps.' }] },
  ],
})

const call = { endpoint: 'chat.completions', model: 'demo', body } as const

interface Chunk {
  readonly choices: readonly { readonly index: number; readonly delta: { readonly content?: string } }[]
}

describe('the demo', () => {
  test('says what it is, summarises the last message and names the tokens it saw', async () => {
    const answer = await createDemo().send(call, { ...options, isStream: false })
    const text = answer.kind === 'whole' ? Buffer.from(answer.bytes).toString() : ''
    const { choices } = JSON.parse(text) as { choices: { message: { content: string } }[] }
    expect(choices).toHaveLength(2)
    const content = choices[0]?.message.content ?? ''
    expect(content).toContain(DEMO_NOTICE)
    expect(content).toContain('Summary: NAME0123456789BC is well. Walks daily. Eats.\n')
    expect(content).toContain('(1): NAME0123456789BC.')
  })

  test('streams the same words', async () => {
    const demo = createDemo()
    const [whole, stream] = [
      await demo.send(call, { ...options, isStream: false }),
      await demo.send(call, { ...options, isStream: true }),
    ]
    let text = ''
    if (stream.kind === 'stream') for await (const chunk of stream.chunks) text += Buffer.from(chunk).toString()
    const events = text.split('\n\n').filter((event) => event.startsWith('data: {'))
    const said = events
      .flatMap((event) => (JSON.parse(event.slice(6)) as Chunk).choices)
      .filter(({ index }) => index === 1)
      .map(({ delta }) => delta.content ?? '')
      .join('')
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    expect(whole.kind === 'whole' && Buffer.from(whole.bytes).toString()).toContain(JSON.stringify(said))
    expect(text).toContain('"usage"')
  })
})
