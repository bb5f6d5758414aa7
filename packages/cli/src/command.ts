import type { Terminal } from './terminal.ts'

export interface Option {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean
  /** Name of the value in the usage, e.g. `PATH`. */
  readonly value?: string
  readonly help: string
  /** Must be given. */
  readonly isRequired?: boolean
  /** The only values. */
  readonly choices?: readonly string[]
  readonly default?: string
}

/** What was given on the command line, checked against the command's table. */
export interface Given {
  text(option: string): string | undefined
  /** An option that has a default or is required. */
  required(option: string): string
  list(option: string): readonly string[]
  has(option: string): boolean
  /** A whole number within bounds. Throws UsageError. */
  integer(option: string, bounds: { min: number; max: number }): number | undefined
  /** Positional arguments, as many as the command names. */
  readonly positionals: readonly string[]
}

export interface Command {
  /** One or two words: `detect`, `audit verify`. */
  readonly name: string
  readonly summary: string
  /** Names of the positional arguments, all required. */
  readonly positionals?: readonly string[]
  readonly options: Readonly<Record<string, Option>>
  /** Whole calls, without the program's name. A test reads each as the program would. */
  readonly examples?: readonly string[]
  /** Shown under the options by `--help`. */
  readonly notes?: readonly string[]
  /** Resolves when the work is done; throws UsageError, AppError or FailedError. */
  run(given: Given, terminal: Terminal): Promise<void>
}
