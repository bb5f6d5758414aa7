import type { Setting } from './carried.ts'
import { keepCarried } from './carried.ts'
import type { Fields } from './json.ts'
import { isAbsent, isFields, parseExact, toFields, toList } from './json.ts'
import { readConversation } from './read-conversation.ts'
import { malformed, notCarried } from './refusals.ts'
import type { AnswerFormat, ChatRequest, Tool, ToolChoice } from './request.ts'

/** OpenAI's own bounds; a dialect with a narrower one says so. */
const NUMBERS = { temperature: 2, top_p: 1, presence_penalty: 2, frequency_penalty: 2 } as const

export interface ReadOptions {
  /** What the dialect has a place for. */
  readonly carries: ReadonlySet<Setting>
  readonly maxTemperature?: number
  readonly maxStops?: number
}

/**
 * Reads a masked body of `chat.completions` for a model of another dialect. Throws `body.feature-refused` for what the
 * dialect cannot carry and `body.invalid` for what no dialect could, both with the field.
 */
export function readChatRequest(text: string, options: ReadOptions): ChatRequest {
  const plain = keepCarried(toFields(JSON.parse(text)), options.carries)
  // Schemas and arguments go out with the numbers they came with.
  const exact = toFields(parseExact(text))
  const number = (name: keyof typeof NUMBERS): number | undefined => {
    const max = name === 'temperature' ? (options.maxTemperature ?? NUMBERS.temperature) : NUMBERS[name]
    const value = readNumber(plain, name)
    if (value !== undefined && value > max) throw notCarried(`/${name}`, `this provider takes at most ${max}`)
    return value
  }
  return {
    isStream: plain['stream'] === true,
    includesUsage: toFields(plain['stream_options'])['include_usage'] === true,
    ...readConversation(plain['messages']),
    tools: readTools(exact['tools'], options.carries),
    stop: readStop(plain['stop'], options.maxStops),
    ...present({
      toolChoice: readToolChoice(plain),
      allowsParallelCalls: readBoolean(plain, 'parallel_tool_calls'),
      maxTokens: readNumber(plain, 'max_completion_tokens') ?? readNumber(plain, 'max_tokens'),
      temperature: number('temperature'),
      topP: number('top_p'),
      presencePenalty: number('presence_penalty'),
      frequencyPenalty: number('frequency_penalty'),
      seed: readNumber(plain, 'seed'),
      format: readFormat(exact['response_format']),
      reasoningEffort: readString(plain, 'reasoning_effort'),
      user: readString(plain, 'safety_identifier') ?? readString(plain, 'user'),
    }),
  }
}

type Present<T> = { [Name in keyof T]?: NonNullable<T[Name]> }

/** Without the members that are not there. */
function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>
}

function readTools(value: unknown, carries: ReadonlySet<Setting>): Tool[] {
  return toList(value).map((tool, at) => {
    const field = `/tools/${at}/function`
    const { type, function: declared } = toFields(tool)
    if (type !== 'function' || !isFields(declared)) throw notCarried(`/tools/${at}`, 'only functions can be carried')
    const { name, description, parameters, strict, ...others } = declared
    if (typeof name !== 'string' || name === '') throw malformed(`${field}/name`, 'a string')
    if (Object.keys(others).length > 0) throw notCarried(field, 'a member of it cannot be carried')
    if (strict === true && !carries.has('tools.strict')) throw notCarried(`${field}/strict`)
    return {
      name,
      // An empty one says nothing, and Converse takes none.
      ...(typeof description === 'string' && description !== '' && { description }),
      parameters: isFields(parameters) ? parameters : { type: 'object', properties: {} },
      isStrict: strict === true,
    }
  })
}

function readToolChoice({ tools, tool_choice: choice }: Fields): ToolChoice | undefined {
  if (isAbsent(choice) || toList(tools).length === 0) return undefined
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { kind: choice }
  const { name } = toFields(toFields(choice)['function'])
  if (typeof name === 'string') return { kind: 'named', name }
  throw notCarried('/tool_choice', 'only a function can be chosen')
}

function readFormat(value: unknown): AnswerFormat | undefined {
  const { type, json_schema: declared } = toFields(value)
  if (type === 'json_object') return { kind: 'json' }
  if (type !== 'json_schema') return undefined
  const { name, description, schema } = toFields(declared)
  if (!isFields(schema)) throw malformed('/response_format/json_schema/schema', 'an object')
  return {
    kind: 'schema',
    name: typeof name === 'string' ? name : 'answer',
    ...(typeof description === 'string' && { description }),
    schema,
  }
}

function readStop(value: unknown, max = Number.POSITIVE_INFINITY): string[] {
  const list = typeof value === 'string' ? [value] : toList(value).filter((stop) => typeof stop === 'string')
  if (list.length > max) throw notCarried('/stop', `this provider takes at most ${max}`)
  return list
}

function readNumber(body: Fields, name: string): number | undefined {
  const value = body[name]
  if (isAbsent(value)) return undefined
  if (typeof value !== 'number') throw malformed(`/${name}`, 'a number')
  return value
}

function readString(body: Fields, name: string): string | undefined {
  const value = body[name]
  if (isAbsent(value)) return undefined
  if (typeof value !== 'string') throw malformed(`/${name}`, 'a string')
  return value
}

function readBoolean(body: Fields, name: string): boolean | undefined {
  const value = body[name]
  if (isAbsent(value)) return undefined
  if (typeof value !== 'boolean') throw malformed(`/${name}`, 'a boolean')
  return value
}
