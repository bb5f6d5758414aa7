import { toJsonRpcError } from '../../../platform/http/problem.ts'
import type { AnswerDialect } from '../../answer/dialect.ts'
import { invalidAnswer, isRecord, keysOf, readObject } from '../../answer/root.ts'
import type { ParsedBody } from '../../parsed-body.ts'
import { scanJson } from '../../walk/scan-json.ts'
import { isAbsent, requireRules } from '../openai/rules.ts'
import type { Rule } from '../openai/rules.ts'
import type { EndpointSpec } from '../spec.ts'
import { MCP_ANSWER, MCP_REQUEST, METHODS } from './shapes.ts'

/** Of each request that goes out: the caller's own id stays with us. */
export const OUTGOING_ID = 1

const RULES: readonly Rule[] = [
  { field: '/jsonrpc', rule: 'the text 2.0', holds: ({ jsonrpc }) => jsonrpc === '2.0' },
  { field: '/method', rule: METHODS.join(' or '), holds: ({ method }) => METHODS.some((known) => known === method) },
  {
    field: '/params',
    rule: 'an object, which names the tool and holds its arguments as an object',
    holds: ({ method, params }) => {
      if (isAbsent(params)) return method === 'tools/list'
      if (!isRecord(params)) return false
      const hasArguments = isAbsent(params['arguments']) || isRecord(params['arguments'])
      return method === 'tools/list' || (typeof params['name'] === 'string' && hasArguments)
    },
  },
]

/** A request to the server of tools that callers know by `model`, as the provider's row has it. */
export function createMcpSpec(model: string): EndpointSpec {
  return {
    id: 'mcp',
    path: `/${model}`,
    request: MCP_REQUEST,
    readBody: (text, maxDepth) => readMcpBody(text, maxDepth, model),
    idPrefix: 'mcp-',
    createDialect: createMcpDialect,
  }
}

function readMcpBody(text: string, maxDepth: number, model: string): ParsedBody {
  const leaves = scanJson(text, { shape: MCP_REQUEST, maxDepth })
  requireRules(text, RULES)
  return {
    text,
    leaves,
    model,
    isStream: false,
    isJsonContent: false,
    toolNames: new Set(),
    features: ['hosted-tool.remote-mcp'],
    // Calls of tools follow each other in no order: their tokens are those of the caller, or of the declared conversation.
    opening: 'mcp',
  }
}

function createMcpDialect(): AnswerDialect {
  const noStream = (): never => {
    throw invalidAnswer('a stream where none was asked for')
  }
  return {
    shapes: { whole: MCP_ANSWER, event: MCP_ANSWER },
    readWhole(text) {
      const root = readObject(text)
      const isResponse = isRecord(root['result']) !== isRecord(root['error'])
      if (root['jsonrpc'] === '2.0' && root['id'] === OUTGOING_ID && isResponse) return root
      throw invalidAnswer('the answer is not the response of the protocol')
    },
    readEvent: noStream,
    channelOf: (path) => ({ owner: '', place: keysOf(path), isJson: true }),
    isHead: (path) => path.parent?.parent === undefined,
    toEvent: noStream,
    toRest: noStream,
    toError: (error) => JSON.stringify(toJsonRpcError(error)),
  }
}
