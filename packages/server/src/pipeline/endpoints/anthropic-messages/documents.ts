import { isRecord } from '../../answer/root.ts'

/** The texts of a body's documents, in the order by which citations number them; empty for one that is no plain text. */
export function listDocuments(body: string): string[] {
  const { messages } = Object(JSON.parse(body)) as { readonly messages?: unknown }
  return blocksOf(messages).flatMap((message) => findDocuments(message['content']))
}

function findDocuments(content: unknown): string[] {
  return blocksOf(content).flatMap((block) => {
    if (block['type'] === 'tool_result') return findDocuments(block['content'])
    if (block['type'] !== 'document') return []
    const { source } = block
    return isRecord(source) && typeof source['data'] === 'string' ? [source['data']] : ['']
  })
}

function blocksOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
