import type { World } from './world.ts'

/** Everybody in it is invented. */
export const QUESTION =
  'Summarise in one sentence: Mrs. Rosalind Okafor, MRN 00482913, was admitted on 11/02/2025 with pneumonia, got ' +
  'ceftriaxone and went home after four days.'

/** One question as the caller asked it and as the engine got it, and the answer that came back. */
export async function showAnswer({ ask, engine }: World, question: string): Promise<string> {
  const { status, text, json } = await ask({
    messages: [{ role: 'user', content: question }],
    temperature: 0,
    max_tokens: 120,
  })
  const [request = '{}'] = engine.arrivals
  const asked: string = JSON.parse(request).messages?.at(-1)?.content ?? ''
  const answered = json.choices?.[0].message.content ?? `${status} ${text}`
  return `asked:   ${question}\nengine:  ${asked}\nanswer:  ${answered}`
}
