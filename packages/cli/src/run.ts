import { readFile } from 'node:fs/promises'
import { AppError } from '@breakwater/kernel'
import { ApiRefusal } from './api/client.ts'
import { COMMANDS } from './commands/index.ts'
import type { Command } from './command.ts'
import { parseGiven } from './parse.ts'
import { createStyle } from './style.ts'
import { FailedError, UsageError } from './terminal.ts'
import type { Terminal } from './terminal.ts'
import { describeCommand, describeProgram } from './usage.ts'

/** 0: done. 1: refused or failed. 2: the call was not understood. */
export type ExitCode = 0 | 1 | 2

/** Runs one call of the program. Never throws: what went wrong is told on stderr, without content. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { stderr, environment } = terminal
  const style = createStyle(stderr, environment)
  try {
    await dispatch(args, terminal)
    return 0
  } catch (error) {
    if (error instanceof FailedError || isClosedPipe(error)) return 1
    const isUsage = error instanceof UsageError
    stderr.write(`${style.bad('breakwater:')} ${describeError(error)}\n`)
    if (isUsage)
      stderr.write(style.dim(`try: breakwater ${findCommand(args)?.name ?? ''} --help`.replace('  ', ' ')) + '\n')
    return isUsage ? 2 : 1
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<void> {
  const { stdout, environment } = terminal
  const style = createStyle(stdout, environment)
  const command = findCommand(args)
  if (command) {
    const rest = args.slice(command.name.split(' ').length)
    if (isHelp(rest)) stdout.write(describeCommand(command, style))
    else await command.run(parseGiven(command, rest), terminal)
    return
  }
  const [first] = args
  if (first === '--version' || first === '-V') {
    stdout.write(`${await readVersion()}\n`)
    return
  }
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${first} `))
  if (isHelp(args) || first === 'help') {
    stdout.write(describeProgram(group.length > 0 ? group : COMMANDS, style))
    return
  }
  if (first === undefined) throw new UsageError('which command?')
  if (group.length > 0) {
    throw new UsageError(`${first} what? one of: ${group.map(({ name }) => name.slice(first.length + 1)).join(', ')}`)
  }
  throw new UsageError(first.startsWith('-') ? `unknown option ${first.split('=')[0]}` : 'unknown command')
}

function findCommand(args: readonly string[]): Command | undefined {
  return COMMANDS.find(({ name }) => name.split(' ').every((word, index) => args[index] === word))
}

function isHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end < 0 ? undefined : end).some((word) => word === '--help' || word === '-h')
}

/** Whoever read our output has gone: nothing is left to tell, or to whom. */
function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE'
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'a file or folder may not be read or written by this user',
  EADDRINUSE: 'another program listens on that port',
  ECONNREFUSED: 'nothing answers at that address: is the server running?',
  EISDIR: 'a file was expected, and there is a folder',
  EMFILE: 'too many files are open',
  ENOENT: 'a file or folder that was named does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a folder was expected, and there is a file',
  EPERM: 'a file or folder may not be changed by this user',
  EROFS: 'the file system is read-only',
}

function describeError(error: unknown): string {
  if (error instanceof UsageError || error instanceof ApiRefusal) return error.message
  if (error instanceof AppError) return `${error.message} (${error.code})`
  // A system error's message quotes the path the caller typed; its code and call do not.
  if (error instanceof Error && 'code' in error && 'syscall' in error) {
    const [code, call] = [String(error.code), String(error.syscall)]
    return `${SYSTEM_ERRORS[code] ?? 'the operating system refused'} (${call}: ${code})`
  }
  return `failed unexpectedly (${error instanceof Error ? error.name : 'no error'})`
}

async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  return version
}
