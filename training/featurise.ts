/**
 * Writes what the models are trained on: words, pieces, features and tags of a labelled corpus, as arrays that Python
 * reads without cutting text itself (training/EXPORT.md). `node --conditions=breakwater-source training/featurise.ts FILE.jsonl --out DIR`
 */
import { createHash } from 'node:crypto'
import { closeSync, createReadStream, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createView, openGazetteer } from '@breakwater/deid'
import {
  alignPieces,
  createFeaturiser,
  cutPieces,
  NAME_ROLES,
  PIECE_LISTS,
  PIECE_SHAPES,
  readVocabulary,
  TAGS,
  WORD_FEATURES,
} from '@breakwater/tagger'
import { labelWords, type LabelledLine, placeWords } from './labels.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string' }, vocabulary: { type: 'string' } },
})
const [file] = positionals
if (file === undefined || values.out === undefined)
  throw new Error('featurise.ts FILE.jsonl --out DIR [--vocabulary FILE]')
const out = values.out
const require = createRequire(import.meta.url)
const vocabularyFile =
  values.vocabulary ?? join(import.meta.dirname, '../packages/tagger/weights/en/pieces.vocabulary.txt')

const gazetteer = readFileSync(require.resolve('@breakwater/deid/gazetteer.bin'))
const featurise = createFeaturiser(openGazetteer(gazetteer))
const vocabulary = readVocabulary(readFileSync(vocabularyFile, 'utf8'))
mkdirSync(out, { recursive: true })

/** Files that grow with the corpus; little endian, as every machine that trains is. */
const NAMES = [
  'word_features.u32',
  'word_tags.u8',
  'word_roles.u8',
  'word_known.u8',
  'word_start.u32',
  'word_end.u32',
  'piece_ids.u16',
  'piece_shape.u8',
  'piece_gaz.u16',
  'piece_word.u32',
] as const
const files = new Map(NAMES.map((name) => [name, openSync(join(out, name), 'w')]))

function write(name: (typeof NAMES)[number], array: Uint8Array | Uint16Array | Uint32Array): void {
  const descriptor = files.get(name)
  if (descriptor !== undefined && array.byteLength > 0)
    writeSync(descriptor, Buffer.from(array.buffer, array.byteOffset, array.byteLength))
}

let [words, pieces] = [0, 0]
const docWords = [0]
const docPieces = [0]
for await (const row of createInterface({ input: createReadStream(file, 'utf8') })) {
  if (row === '') continue
  const line: LabelledLine = JSON.parse(row)
  // The cascade hands the tagger the folded view of a text: that is what the models are trained on.
  const view = createView(line.text)
  const featurised = featurise(view.text)
  const { count, start, end } = placeWords(featurised.words, view)
  const labels = labelWords(line, { count, start, end })
  write('word_features.u32', featurised.features)
  write('word_tags.u8', labels.tags)
  write('word_roles.u8', labels.roles)
  write('word_known.u8', labels.known)
  write('word_start.u32', Uint32Array.from(start.subarray(0, count)))
  write('word_end.u32', Uint32Array.from(end.subarray(0, count)))
  const cut = cutPieces(view.text, vocabulary)
  const aligned = alignPieces(cut, featurised)
  const first = words
  write('piece_ids.u16', cut.id.subarray(0, cut.count))
  write('piece_shape.u8', aligned.shape)
  write('piece_gaz.u16', aligned.listed)
  write(
    'piece_word.u32',
    aligned.word.map((word) => word + first),
  )
  words += count
  pieces += cut.count
  docWords.push(words)
  docPieces.push(pieces)
}
for (const descriptor of files.values()) closeSync(descriptor)
writeFileSync(join(out, 'doc_words.u32'), Uint32Array.from(docWords))
writeFileSync(join(out, 'doc_pieces.u32'), Uint32Array.from(docPieces))
const meta = {
  words,
  docs: docWords.length - 1,
  pieces,
  wordFeatures: WORD_FEATURES,
  tags: TAGS,
  roles: NAME_ROLES,
  pieceVocabulary: vocabulary.size,
  pieceShapes: PIECE_SHAPES,
  pieceGaz: PIECE_LISTS,
  gazetteer: createHash('sha256').update(gazetteer).digest('hex'),
}
writeFileSync(join(out, 'meta.json'), `${JSON.stringify(meta, null, 2)}\n`)
process.stdout.write(`${JSON.stringify({ file, docs: meta.docs, words, pieces })}\n`)
