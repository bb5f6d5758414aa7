import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { cutPieces, ENGLISH_WEIGHTS, readVocabulary } from '@breakwater/tagger'

const VOCABULARY = join(ENGLISH_WEIGHTS, 'pieces.vocabulary.txt')
/** Another than that of the committed vectors. */
const SEED = 7

/** Has Python cut strings into pieces and counts those that come out otherwise here, in ids or in offsets. */
export async function compareWordPieces(
  python: string,
  strings: number,
): Promise<{ readonly strings: number; readonly different: number }> {
  const vocabulary = readVocabulary(readFileSync(VOCABULARY, 'utf8'))
  const judge = spawn(python, [join(import.meta.dirname, 'word_piece.py'), VOCABULARY, String(strings), String(SEED)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve, reject) => judge.once('error', reject).once('close', resolve))
  let [seen, different] = [0, 0]
  for await (const line of createInterface({ input: judge.stdout })) {
    const { text, pieces }: { text: string; pieces: number[][] } = JSON.parse(line)
    const { count, id, start, end } = cutPieces(text, vocabulary)
    const found = Array.from({ length: count }, (_, i) => [id[i], start[i], end[i]])
    seen++
    if (JSON.stringify(found) !== JSON.stringify(pieces)) different++
  }
  if ((await ended) !== 0 || seen !== strings) throw new Error(`the judge gave ${seen} of ${strings} strings`)
  return { strings: seen, different }
}
