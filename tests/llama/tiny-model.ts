/** SHA-256 of what `makeTinyModel` makes, on every machine. */
export const TINY_MODEL_SHA256 = '0796aa27ce18ae7e344f36656e9d0b627b6801e1827c6e29565583758bbf636e'

const [WIDTH, FEED_FORWARD, HEADS, LAYERS, CONTEXT_TOKENS] = [64, 128, 4, 2, 512]
const ALIGNMENT = 32
const SPECIAL = ['<unk>', '<s>', '</s>']
const BYTES = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
// U+2581 is how this kind of vocabulary writes a blank.
const PIECES = '\u2581acdehilnorst'.split('')
const TOKENS = [...SPECIAL, ...BYTES, ...PIECES]
// What sort a token is (llama.cpp: llama_token_type): unknown 2, control 3, byte 6, normal 1.
const SORTS = [2, 3, 3, ...BYTES.map(() => 6), ...PIECES.map(() => 1)]

// GGUF's own numbers of types (ggml: docs/gguf.md). A tensor's 0 is F32.
const [UINT32, INT32, FLOAT32, STRING, ARRAY] = [4, 5, 6, 8, 9]
const NOISE = 1
const SEED = 20_261_122

interface Tensor {
  readonly name: string
  /** Length of a row first. */
  readonly shape: readonly number[]
  readonly values: (index: number) => number
}

/**
 * A Llama of two layers in GGUF version 3. Its weights are noise, so what it says means nothing; but an engine loads it,
 * tokenises, samples and holds it to a grammar as it does a real one.
 */
export function makeTinyModel(): Buffer {
  const tensors = describeTensors()
  const settings = describeSettings()
  const data = tensors.map(({ shape, values }) => {
    const bytes = Buffer.alloc(4 * shape.reduce((product, size) => product * size))
    for (let at = 0; at < bytes.length; at += 4) bytes.writeFloatLE(values(at / 4), at)
    return bytes
  })
  let offset = 0
  const infos = tensors.map(({ name, shape }, at) => {
    const info = [text(name), uint32(shape.length), ...shape.map(uint64), uint32(0), uint64(offset)]
    // A whole number of alignments: every row is 256 bytes or more.
    offset += data[at]?.length ?? 0
    return Buffer.concat(info)
  })
  const counts = [uint32(3), uint64(tensors.length), uint64(settings.length)]
  const head = Buffer.concat([Buffer.from('GGUF'), ...counts, ...settings, ...infos])
  return Buffer.concat([head, Buffer.alloc(-head.length & (ALIGNMENT - 1)), ...data])
}

function describeTensors(): readonly Tensor[] {
  const random = createRandom()
  const matrix = (name: string, columns: number, rows: number, scaleOf = (_row: number): number => 1): Tensor => ({
    name: `${name}.weight`,
    shape: [columns, rows],
    values: (index) => random() * NOISE * scaleOf(Math.floor(index / columns)),
  })
  const norm = (name: string): Tensor => ({ name: `${name}.weight`, shape: [WIDTH], values: () => 1 })
  const layers = Array.from({ length: LAYERS }, (_, layer) => [
    norm(`blk.${layer}.attn_norm`),
    ...['q', 'k', 'v', 'output'].map((part) => matrix(`blk.${layer}.attn_${part}`, WIDTH, WIDTH)),
    norm(`blk.${layer}.ffn_norm`),
    ...['gate', 'up'].map((part) => matrix(`blk.${layer}.ffn_${part}`, WIDTH, FEED_FORWARD)),
    matrix(`blk.${layer}.ffn_down`, FEED_FORWARD, WIDTH),
  ])
  return [
    matrix('token_embd', WIDTH, TOKENS.length),
    ...layers.flat(),
    norm('output_norm'),
    // Letters are said more readily than bytes, which would seldom be UTF-8.
    matrix('output', WIDTH, TOKENS.length, (row) => (row >= TOKENS.length - PIECES.length ? 8 : 1)),
  ]
}

function describeSettings(): readonly Buffer[] {
  const number = (key: string, value: number): Buffer => Buffer.concat([text(key), uint32(UINT32), uint32(value)])
  const words = (key: string, value: string): Buffer => Buffer.concat([text(key), uint32(STRING), text(value)])
  const list = (key: string, type: number, items: readonly Buffer[]): Buffer =>
    Buffer.concat([text(key), uint32(ARRAY), uint32(type), uint64(items.length), ...items])
  return [
    words('general.architecture', 'llama'),
    words('general.name', 'tiny'),
    number('general.alignment', ALIGNMENT),
    number('llama.block_count', LAYERS),
    number('llama.context_length', CONTEXT_TOKENS),
    number('llama.embedding_length', WIDTH),
    number('llama.feed_forward_length', FEED_FORWARD),
    number('llama.attention.head_count', HEADS),
    number('llama.rope.dimension_count', WIDTH / HEADS),
    Buffer.concat([text('llama.attention.layer_norm_rms_epsilon'), uint32(FLOAT32), float32(1e-5)]),
    words('tokenizer.ggml.model', 'llama'),
    list('tokenizer.ggml.tokens', STRING, TOKENS.map(text)),
    list(
      'tokenizer.ggml.scores',
      FLOAT32,
      TOKENS.map(() => float32(0)),
    ),
    list('tokenizer.ggml.token_type', INT32, SORTS.map(uint32)),
    ...['unknown', 'bos', 'eos'].map((token, id) => number(`tokenizer.ggml.${token}_token_id`, id)),
  ]
}

/** Between -1 and 1, always the same: a linear congruential generator with the constants of Numerical Recipes. */
function createRandom(): () => number {
  let state = SEED
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 31 - 1
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

function text(value: string): Buffer {
  return Buffer.concat([uint64(Buffer.byteLength(value)), Buffer.from(value)])
}
