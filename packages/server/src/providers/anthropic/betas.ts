import { AppError } from '@breakwater/kernel'

/**
 * Values of `anthropic-beta` that may be sent: each changes how a model answers and nothing about what the vendor keeps
 * or whom it calls. Files, code execution, web fetch, MCP connector, batches with long output, skills and memory are not
 * here: they keep or forward data, so an agreement would have to cover them first.
 */
const BETAS: ReadonlySet<string> = new Set([
  'context-1m-2025-08-07',
  'effort-2025-11-24',
  'fine-grained-tool-streaming-2025-05-14',
  'interleaved-thinking-2025-05-14',
  'model-context-window-exceeded-2025-08-26',
  'output-128k-2025-02-19',
  'structured-outputs-2025-11-13',
  'thinking-token-count-2026-05-13',
  'token-efficient-tools-2025-02-19',
])

/** Throws `body.feature-refused` for a beta that is not on the list. */
export function requireBetas(names: readonly string[]): readonly string[] {
  if (names.every((name) => BETAS.has(name))) return names
  throw new AppError('body.feature-refused', {
    message: 'anthropic-beta: must be on the list of betas that keep nothing',
  })
}
