import type { Command, Option } from './command.ts'
import { groupCommands } from './groups.ts'
import type { Style } from './style.ts'

const GAP = 3
const LINE = 118
const MIN_RIGHT = 40
const MAX_CHOICES_CHARS = 44

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
  if (command.examples) {
    lines.push('', style.bold('Examples'), ...command.examples.map((example) => `  breakwater ${example}`))
  }
  if (command.notes) lines.push('', ...command.notes.map((note) => `  ${note}`))
  return `${lines.join('\n')}\n`
}

function positionalsOf({ positionals = [] }: Command): string {
  return positionals.map((name) => ` ${name}`).join('')
}

function describeOption(name: string, { type, value, choices }: Option): string {
  if (type === 'boolean') return `--${name}`
  return `--${name} ${shortChoices(choices) ?? value ?? (choices ? 'NAME' : 'TEXT')}`
}

/** Few enough to stand beside the option's name; many are told behind what it is for. */
function shortChoices(choices: Option['choices']): string | undefined {
  const joined = choices?.join('|')
  return joined !== undefined && joined.length <= MAX_CHOICES_CHARS ? joined : undefined
}

function describeHelp(option: Option): string {
  const marks = [
    option.isRequired === true ? 'required' : '',
    option.multiple === true ? 'may be repeated' : '',
    option.default === undefined ? '' : `default: ${option.default}`,
  ].filter((mark) => mark !== '')
  const help = marks.length > 0 ? `${option.help} (${marks.join(', ')})` : option.help
  const { choices } = option
  return choices === undefined || shortChoices(choices) !== undefined ? help : `${help}: ${choices.join(', ')}`
}

interface Row {
  readonly left: string
  readonly right: string
}

function widthOf(rows: readonly Row[]): number {
  return Math.max(...rows.map(({ left }) => left.length)) + GAP
}

function formatRows(rows: readonly Row[], style: Style, width = widthOf(rows)): string[] {
  const room = Math.max(MIN_RIGHT, LINE - width)
  return rows.map(({ left, right }) => {
    const [first = '', ...others] = wrap(right, room)
    const line = `  ${style.accent(left)}${' '.repeat(width - left.length)}${first}`
    return [line, ...others.map((other) => `${' '.repeat(width + 2)}${other}`)].join('\n')
  })
}

/** Lines of at most `room` characters, but for words that are longer. */
function wrap(text: string, room: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
