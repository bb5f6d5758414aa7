import type { Cut, ModelBlock, ModelScript, ModelStop } from './script.ts'

const REASONS: Readonly<Record<ModelStop, string>> = {
  end: 'STOP',
  length: 'MAX_TOKENS',
  call: 'STOP',
  filtered: 'SAFETY',
}

/** A whole answer of `generateContent`. */
export function geminiAnswer({ blocks, stop, usage }: ModelScript): object {
  return toResponse(blocks.map(toPart), usage, REASONS[stop])
}

/** The documents of a streamed one; a call is never cut. */
export function geminiEvents({ blocks, stop, usage }: ModelScript, cut: Cut): object[] {
  const parts = blocks.flatMap((block) =>
    block.kind === 'call' ? [toPart(block)] : cut(block.text).map((text) => toPart({ kind: block.kind, text })),
  )
  const last = { text: '', thoughtSignature: 'CiQBcsjafKzE' }
  return [
    ...parts.map((part) => toResponse([part], { ...usage, written: 1 })),
    toResponse([last], usage, REASONS[stop]),
  ]
}

function toResponse(parts: readonly object[], { read, written }: ModelScript['usage'], finishReason?: string): object {
  return {
    candidates: [{ content: { role: 'model', parts }, ...(finishReason !== undefined && { finishReason }) }],
    usageMetadata: { promptTokenCount: read, candidatesTokenCount: written, totalTokenCount: read + written },
    modelVersion: 'gemini-upstream',
    responseId: 'r1',
  }
}

function toPart(block: ModelBlock): object {
  if (block.kind === 'text') return { text: block.text }
  if (block.kind === 'thinking') return { text: block.text, thought: true }
  return { functionCall: { id: block.id, name: block.name, args: block.input } }
}
