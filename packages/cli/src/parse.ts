import { parseArgs } from 'node:util'
import type { Command, Given, Option } from './command.ts'
import { UsageError } from './terminal.ts'

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

/** Reads the arguments behind a command's name. Throws UsageError naming the option, never its value. */
export function parseGiven(command: Command, args: readonly string[]): Given {
  const { values, positionals } = parse(command, args)
  const names = command.positionals ?? []
  if (positionals.length < names.length) throw new UsageError(`${names[positionals.length]} is missing`)
  if (positionals.length > names.length) throw new UsageError(`too many arguments: ${names.length} expected`)
  for (const [name, option] of Object.entries(command.options)) checkOption(name, option, values[name])
  return createGiven(command.options, values, positionals)
}

function parse(command: Command, args: readonly string[]): { values: Values; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
  )
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new UsageError(describeParseError(error))
  }
}

/** Node's own messages name the option; what follows its name could quote a value. */
function describeParseError(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) throw error
  const option = /'(--?[^\s'=<]+)/.exec(error.message)?.[1]
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `unknown option ${option ?? ''}`.trimEnd()
  if (error.code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
    return /does not take/.test(error.message) ? `${option} takes no value` : `${option} needs a value`
  }
  throw error
}

function checkOption(name: string, option: Option, value: Values[string]): void {
  if (option.isRequired === true && value === undefined) throw new UsageError(`--${name} is missing`)
  if (option.choices && value !== undefined) {
    const given = Array.isArray(value) ? value : [value]
    if (!given.every((one) => option.choices?.includes(String(one)))) {
      throw new UsageError(`--${name} is one of: ${option.choices.join(', ')}`)
    }
  }
}

function createGiven(options: Readonly<Record<string, Option>>, values: Values, positionals: readonly string[]): Given {
  const text = (option: string): string | undefined => {
    const value = values[option] ?? options[option]?.default
    return typeof value === 'string' ? value : undefined
  }
  return {
    positionals,
    text,
    required(option) {
      const value = text(option)
      if (value === undefined) throw new UsageError(`--${option} is missing`)
      return value
    },
    list(option) {
      const value = values[option]
      return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
    },
    has: (option) => values[option] === true,
    integer(option, { min, max }) {
      const value = text(option)
      if (value === undefined) return undefined
      const number = Number(value)
      if (!/^-?\d+$/.test(value) || number < min || number > max) {
        throw new UsageError(`--${option} is a whole number from ${min} to ${max}`)
      }
      return number
    },
  }
}
