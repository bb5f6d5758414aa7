import type { Command, Option } from './command.ts'
import { groupCommands } from './groups.ts'
import type { Style } from './style.ts'

const GAP = 3

/** The page of the whole program. */
export function describeProgram(commands: readonly Command[], style: Style): string {
  const toRow = (command: Command): Row => ({
    left: `${command.name}${positionalsOf(command)}`,
    right: command.summary,
  })
  const width = widthOf(commands.map(toRow))
  const sections = groupCommands(commands).flatMap((group) => [
    style.bold(group.title),
    ...formatRows(group.commands.map(toRow), style, width),
    '',
  ])
  const lines = [
    `${style.bold('breakwater')}  the wall between patient data and its AI`,
    '',
    style.bold('Usage'),
    '  breakwater COMMAND [options]',
    '',
    ...sections,
    `  ${style.dim('breakwater COMMAND --help')} says more; ${style.dim('--version')} says which.`,
    `  ${style.dim('Exit codes: 0 done, 1 refused or failed, 2 not understood.')}`,
  ]
  return `${lines.join('\n')}\n`
}

/** The page of one command. */
export function describeCommand(command: Command, style: Style): string {
  const rows = Object.entries(command.options).map(([name, option]) => ({
    left: describeOption(name, option),
    right: describeHelp(option),
  }))
  rows.push({ left: '--help', right: 'this page' })
  const lines = [
    `${style.bold(`breakwater ${command.name}`)}  ${command.summary}`,
    '',
    style.bold('Usage'),
    `  breakwater ${command.name}${positionalsOf(command)} [options]`,
    '',
    style.bold('Options'),
    ...formatRows(rows, style),
  ]
  if (command.notes) lines.push('', ...command.notes.map((note) => `  ${note}`))
  return `${lines.join('\n')}\n`
}

function positionalsOf({ positionals = [] }: Command): string {
  return positionals.map((name) => ` ${name}`).join('')
}

function describeOption(name: string, { type, value, choices }: Option): string {
  return type === 'boolean' ? `--${name}` : `--${name} ${choices?.join('|') ?? value ?? 'TEXT'}`
}

function describeHelp(option: Option): string {
  const marks = [
    option.isRequired === true ? 'required' : '',
    option.multiple === true ? 'may be repeated' : '',
    option.default === undefined ? '' : `default: ${option.default}`,
  ].filter((mark) => mark !== '')
  return marks.length > 0 ? `${option.help} (${marks.join(', ')})` : option.help
}

interface Row {
  readonly left: string
  readonly right: string
}

function widthOf(rows: readonly Row[]): number {
  return Math.max(...rows.map(({ left }) => left.length)) + GAP
}

function formatRows(rows: readonly Row[], style: Style, width = widthOf(rows)): string[] {
  return rows.map(({ left, right }) => `  ${style.accent(left)}${' '.repeat(width - left.length)}${right}`)
}
