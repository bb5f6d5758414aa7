/** As much of node-llama-cpp as is used here: it is installed apart, so its own types are not at hand. */
export interface LlamaModule {
  readonly getLlama: (options: object) => Promise<Llama>
  readonly LlamaChat: new (options: { readonly contextSequence: Sequence }) => Chat
}

interface Llama {
  loadModel(options: { readonly modelPath: string }): Promise<Model>
  createGrammarForJsonSchema(schema: object): Promise<object>
  dispose(): Promise<void>
}

interface Model {
  readonly trainContextSize: number
  createContext(options: object): Promise<{ getSequence(): Sequence }>
}

interface Sequence {
  readonly tokenMeter: { getState(): Meter }
  clearHistory(): Promise<void>
}

interface Meter {
  readonly usedInputTokens: number
  readonly usedOutputTokens: number
}

interface Chat {
  generateResponse(history: readonly object[], options: object): Promise<Generated>
}

interface Generated {
  readonly response: string
  readonly metadata: { readonly stopReason: string }
}

export interface Turn {
  readonly role: string
  readonly content: string
}

export interface Question {
  readonly messages: readonly Turn[]
  readonly maxTokens: number
  readonly temperature: number
  /** JSON schema that the answer is held to while it is sampled. */
  readonly schema?: object
  readonly signal: AbortSignal
  readonly onText?: (text: string) => void
}

export interface Reply {
  readonly text: string
  readonly isCutShort: boolean
  readonly promptTokens: number
  readonly completionTokens: number
}

/** A loaded model. Questions are answered one after the other, each without any memory of the one before. */
export interface Engine {
  ask(question: Question): Promise<Reply>
  close(): Promise<void>
}

// What the model says is no patient's chart; a small context loads faster.
const MAX_CONTEXT_TOKENS = 2_048

/** Loads a GGUF file. One thread: on a small machine more of them wait for each other. */
export async function loadEngine({ getLlama, LlamaChat }: LlamaModule, modelPath: string): Promise<Engine> {
  const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, logLevel: 'error' })
  const model = await llama.loadModel({ modelPath })
  const contextSize = Math.min(model.trainContextSize, MAX_CONTEXT_TOKENS)
  const sequence = (await model.createContext({ contextSize, threads: 1 })).getSequence()
  const chat = new LlamaChat({ contextSequence: sequence })

  async function answer({ messages, maxTokens, temperature, schema, signal, onText }: Question): Promise<Reply> {
    await sequence.clearHistory()
    const before = sequence.tokenMeter.getState()
    const grammar = schema && (await llama.createGrammarForJsonSchema(schema))
    const { response, metadata } = await chat.generateResponse(
      [...messages.map(toItem), { type: 'model', response: [] }],
      {
        maxTokens,
        temperature,
        signal,
        repeatPenalty: false,
        ...(grammar && { grammar }),
        ...(onText && { onTextChunk: onText }),
      },
    )
    const after = sequence.tokenMeter.getState()
    return {
      text: response,
      isCutShort: metadata.stopReason === 'maxTokens',
      promptTokens: after.usedInputTokens - before.usedInputTokens,
      completionTokens: after.usedOutputTokens - before.usedOutputTokens,
    }
  }

  let last: Promise<unknown> = Promise.resolve()
  return {
    ask(question) {
      const reply = last.then(() => answer(question))
      last = reply.catch(() => undefined)
      return reply
    },
    close: () => llama.dispose(),
  }
}

function toItem({ role, content }: Turn): object {
  if (role === 'assistant') return { type: 'model', response: [content] }
  return { type: role === 'user' ? 'user' : 'system', text: content }
}
