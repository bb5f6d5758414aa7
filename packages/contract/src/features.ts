import { z } from 'zod'

/**
 * What a feature does with what is sent. `plain`: nothing of it stays with the vendor once the call has ended, so it may be used
 * wherever the endpoint may. `kept`: the vendor holds something beyond the call. `third-party`: somebody else than the vendor
 * gets some of it. `unmasked`: it carries what masking cannot reach. All but the plain ones need an agreement that names them.
 */
export const FEATURE_HANDLINGS = ['plain', 'kept', 'third-party', 'unmasked'] as const
export type FeatureHandling = (typeof FEATURE_HANDLINGS)[number]

export interface FeatureRule {
  readonly handling: FeatureHandling
  readonly describes: string
}

/** The closed list of what a request can make use of at a vendor's. A feature that is not on it is not covered by anything. */
export const FEATURES = {
  background: {
    handling: 'kept',
    describes: 'The vendor works on after the call and holds the answer until it is fetched.',
  },
  batch: {
    handling: 'kept',
    describes: 'Requests and answers lie with the vendor as files until the batch is collected.',
  },
  'beta.unknown': { handling: 'kept', describes: 'A trial feature that this list does not know.' },
  citations: { handling: 'plain', describes: 'The answer names the passages of the request that it rests on.' },
  compaction: { handling: 'plain', describes: 'The vendor shortens earlier turns within the call.' },
  container: { handling: 'kept', describes: 'A workspace with files that the vendor keeps between calls.' },
  conversation: { handling: 'kept', describes: 'The turns of a conversation are held by the vendor.' },
  embeddings: { handling: 'plain', describes: 'Vectors made of the text. They are PHI as the text is.' },
  files: { handling: 'kept', describes: 'A file that lies with the vendor is uploaded or referred to.' },
  'fine-tuning': { handling: 'kept', describes: 'A model is made from what is sent, and keeps it.' },
  functions: { handling: 'plain', describes: 'Functions in the older form, run by the caller.' },
  'hosted-tool.code': { handling: 'kept', describes: 'Code runs in a container of the vendor.' },
  'hosted-tool.computer': {
    handling: 'unmasked',
    describes: 'The model drives a screen; pictures of it go back to the vendor.',
  },
  'hosted-tool.file-search': { handling: 'kept', describes: 'Files that the vendor indexed are searched.' },
  'hosted-tool.image-generation': { handling: 'kept', describes: 'The vendor makes pictures from the text.' },
  'hosted-tool.memory': { handling: 'kept', describes: 'The vendor remembers across calls.' },
  'hosted-tool.remote-mcp': {
    handling: 'third-party',
    describes: 'The vendor calls servers of others with arguments that the model wrote.',
  },
  'hosted-tool.shell': { handling: 'kept', describes: 'Commands run on a machine of the vendor.' },
  'hosted-tool.tool-search': { handling: 'kept', describes: 'The vendor chooses among tools that it holds.' },
  'hosted-tool.unknown': { handling: 'third-party', describes: 'A tool of the vendor that this list does not know.' },
  'hosted-tool.web-fetch': { handling: 'third-party', describes: 'The vendor fetches addresses that the model wrote.' },
  'hosted-tool.web-search': { handling: 'third-party', describes: 'Words that the model wrote go to a search engine.' },
  logprobs: {
    handling: 'plain',
    describes: 'Probabilities of each piece of the answer. Refused while masking, whatever an agreement says.',
  },
  'long-context': { handling: 'plain', describes: 'More text in one call than usual, asked or answered.' },
  'media.audio': { handling: 'unmasked', describes: 'Sound.' },
  'media.file': { handling: 'unmasked', describes: 'A document in the request itself.' },
  'media.image': { handling: 'unmasked', describes: 'A picture.' },
  metadata: { handling: 'plain', describes: 'Labels of the caller beside the request. They are masked as text is.' },
  moderation: { handling: 'plain', describes: 'The vendor rates the text within the call.' },
  n: { handling: 'plain', describes: 'Several answers to one request.' },
  prediction: { handling: 'plain', describes: 'A text that the answer is likely to repeat.' },
  'previous-response': { handling: 'kept', describes: 'The call goes on from an answer that the vendor holds.' },
  'prompt-cache': {
    handling: 'kept',
    describes: 'The vendor is told to hold the start of the prompt for minutes, an hour at most.',
  },
  'prompt-cache.24h': { handling: 'kept', describes: 'The vendor holds the start of the prompt for up to a day.' },
  realtime: { handling: 'unmasked', describes: 'A connection on which sound or text goes both ways.' },
  reasoning: { handling: 'plain', describes: 'The model shows, or returns sealed, how it came to the answer.' },
  'service-tier': { handling: 'plain', describes: 'How fast and at what price the vendor serves the call.' },
  skills: { handling: 'kept', describes: 'Instructions and programs that lie with the vendor.' },
  stop: { handling: 'plain', describes: 'Texts at which the answer ends.' },
  store: { handling: 'kept', describes: 'The vendor stores request and answer.' },
  'stored-prompt': { handling: 'kept', describes: 'A prompt that lies with the vendor is filled in.' },
  stream: { handling: 'plain', describes: 'The answer comes piece by piece.' },
  'structured-output': {
    handling: 'plain',
    describes: 'The answer follows a schema, which the vendor may hold: no PHI belongs in one.',
  },
  tools: { handling: 'plain', describes: 'Tools that the caller runs itself.' },
  training: { handling: 'kept', describes: 'What is sent shall train a model.' },
  'user-location': { handling: 'third-party', describes: 'Where the user is, for tools that look around.' },
} as const satisfies Readonly<Record<string, FeatureRule>>

export type Feature = keyof typeof FEATURES

const NAMES = Object.keys(FEATURES) as [Feature, ...Feature[]]
export const featureSchema = z.enum(NAMES)

/** Features that are covered wherever their endpoint is. */
export const PLAIN_FEATURES: readonly Feature[] = NAMES.filter((name) => FEATURES[name].handling === 'plain')

export function isFeature(name: string): name is Feature {
  return Object.hasOwn(FEATURES, name)
}

/** Whether an agreement must name it before it may be used with PHI. */
export function needsNaming(feature: Feature): boolean {
  return FEATURES[feature].handling !== 'plain'
}

// By the name without its date. What is not here is `beta.unknown`: a trial may keep what it likes.
const BETAS: Readonly<Record<string, Feature>> = {
  'code-execution': 'hosted-tool.code',
  compact: 'compaction',
  'computer-use': 'hosted-tool.computer',
  'context-1m': 'long-context',
  'context-management': 'compaction',
  'extended-cache-ttl': 'prompt-cache',
  'files-api': 'files',
  'fine-grained-tool-streaming': 'tools',
  'interleaved-thinking': 'reasoning',
  'mcp-client': 'hosted-tool.remote-mcp',
  'message-batches': 'batch',
  'output-128k': 'long-context',
  pdfs: 'media.file',
  'prompt-caching': 'prompt-cache',
  skills: 'skills',
  'structured-outputs': 'structured-output',
  'token-efficient-tools': 'tools',
  'web-fetch': 'hosted-tool.web-fetch',
}

/** The feature behind a name in `anthropic-beta`, e.g. `files-api-2025-04-14`; `beta.unknown` when this list has none. */
export function readBeta(name: string): Feature {
  const base = name.replace(/-\d{4}-\d{2}-\d{2}$/, '')
  return Object.hasOwn(BETAS, base) ? (BETAS[base] ?? 'beta.unknown') : 'beta.unknown'
}

// By the `type` of a tool without its version or date, OpenAI's and Anthropic's.
const HOSTED_TOOLS: Readonly<Record<string, Feature>> = {
  apply_patch: 'tools',
  bash: 'tools',
  code_execution: 'hosted-tool.code',
  code_interpreter: 'hosted-tool.code',
  computer: 'hosted-tool.computer',
  computer_use_preview: 'hosted-tool.computer',
  custom: 'tools',
  file_search: 'hosted-tool.file-search',
  function: 'tools',
  image_generation: 'hosted-tool.image-generation',
  local_shell: 'tools',
  mcp: 'hosted-tool.remote-mcp',
  mcp_toolset: 'hosted-tool.remote-mcp',
  memory: 'tools',
  namespace: 'tools',
  shell: 'hosted-tool.shell',
  text_editor: 'tools',
  tool_search: 'hosted-tool.tool-search',
  tool_search_tool_bm25: 'hosted-tool.tool-search',
  tool_search_tool_regex: 'hosted-tool.tool-search',
  web_fetch: 'hosted-tool.web-fetch',
  web_search: 'hosted-tool.web-search',
  web_search_preview: 'hosted-tool.web-search',
}

/** The feature behind a tool's `type`, e.g. `web_search_20250305`: `tools` for what the caller runs itself. */
export function readToolType(type: string): Feature {
  const base = type.replace(/_(\d{8}|\d{4}_\d{2}_\d{2})$/, '')
  return Object.hasOwn(HOSTED_TOOLS, base) ? (HOSTED_TOOLS[base] ?? 'hosted-tool.unknown') : 'hosted-tool.unknown'
}
