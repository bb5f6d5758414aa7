import type { GoldDocument } from '@breakwater/deid/evaluate'

/** Copies of a text that keep every offset. */
const COPIES: Readonly<Record<string, (text: string) => string>> = {
  CAPS: (text) => Array.from(text, (one) => keepLength(one, one.toUpperCase())).join(''),
  'lower case': (text) => Array.from(text, (one) => keepLength(one, one.toLowerCase())).join(''),
  'one line': (text) => text.replace(/[\n\r]/g, ' '),
}

/** The same documents as somebody else would have typed them. */
export function copyDocuments(documents: readonly GoldDocument[]): readonly (readonly [string, GoldDocument[]])[] {
  return Object.entries(COPIES).map(([name, change]): [string, GoldDocument[]] => [
    name,
    documents.map((document) => ({ ...document, text: change(document.text) })),
  ])
}

function keepLength(original: string, changed: string): string {
  return changed.length === original.length ? changed : original
}
