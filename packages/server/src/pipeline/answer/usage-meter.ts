import { BYTES_PER_TOKEN } from './estimate-usage.ts'

/** What a provider said that it counted; what it did not say is counted from the answer's texts. */
export interface UsageMeter {
  push(bytes: Uint8Array): void
  /** `inputTokens` is undefined when the provider did not say. */
  read(): { readonly inputTokens: number | undefined; readonly outputTokens: number }
}

// A name in a string has a backslash before its quotes, so these are members wherever they stand.
const COUNT = /(?<!\\)"([a-z_]+_tokens)"\s*:\s*(\d{1,12})/g
const TEXT =
  /(?<!\\)"(?:content|text|arguments|reasoning_content|refusal|delta|partial_json|thinking)"\s*:\s*"((?:[^"\\]|\\.)*)"/g

/** OpenAI's two dialects name a count of the whole; Anthropic's counts what came from a cache apart. */
const INPUT = ['prompt_tokens', 'input_tokens'] as const
const CACHED = ['cache_creation_input_tokens', 'cache_read_input_tokens'] as const
const OUTPUT = ['completion_tokens', 'output_tokens'] as const
/** A line longer than this is cut where it stands: an estimate needs no more. */
const MAX_LINE_CHARS = 1_048_576

/** Reads an answer as it passes, line by line, in any dialect; later counts of a name replace smaller ones. */
export function createUsageMeter(): UsageMeter {
  const decoder = new TextDecoder()
  const counts = new Map<string, number>()
  let textBytes = 0
  let rest = ''

  function readLines(lines: string): void {
    for (const [, name = '', digits = ''] of lines.matchAll(COUNT)) {
      counts.set(name, Math.max(counts.get(name) ?? 0, Number(digits)))
    }
    for (const [, text = ''] of lines.matchAll(TEXT)) textBytes += Buffer.byteLength(text)
  }

  const find = (names: readonly string[]): number | undefined => {
    const found = names.flatMap((name) => counts.get(name) ?? [])
    return found.length > 0 ? Math.max(...found) : undefined
  }

  return {
    push(bytes) {
      const text = rest + decoder.decode(bytes, { stream: true })
      const end = text.length > MAX_LINE_CHARS ? text.length : text.lastIndexOf('\n') + 1
      readLines(text.slice(0, end))
      rest = text.slice(end)
    },
    read() {
      readLines(rest)
      rest = ''
      const input = find(INPUT)
      const cached = CACHED.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0)
      return {
        inputTokens: input === undefined ? undefined : input + cached,
        outputTokens: find(OUTPUT) ?? Math.ceil(textBytes / BYTES_PER_TOKEN),
      }
    },
  }
}
