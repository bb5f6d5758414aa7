import { expect, test } from 'vitest'
import { COMMANDS } from './commands/index.ts'
import { parseGiven } from './parse.ts'
import { runCli, runHere } from './testing/cli.ts'

test('--help lists every command, --version says which', async () => {
  const help = await runCli(['--help'])
  expect(help).toMatchObject({ code: 0, stderr: '' })
  for (const { name } of COMMANDS) expect(help.stdout).toContain(`  ${name}`)
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' })
})

test('no command stands under Others', async () => {
  expect((await runCli(['--help'])).stdout).not.toContain('Others')
})

test.for(COMMANDS.map((command) => [command.name, command] as const))(
  '%s --help names each option',
  async ([name, command]) => {
    const { code, stdout } = await runHere([...name.split(' '), '--help'])
    expect(code).toBe(0)
    for (const option of Object.keys(command.options)) expect(stdout).toContain(`--${option}`)
  },
)

const EXAMPLES = COMMANDS.flatMap((command) => (command.examples ?? []).map((example) => [example, command] as const))

test.for(EXAMPLES)('the example "%s" is a call of its command', ([example, command]) => {
  const [call = ''] = example.split(' > ')
  const words = (call.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word) => word.replaceAll('"', ''))
  const name = command.name.split(' ')
  expect(words.slice(0, name.length)).toEqual(name)
  expect(() => parseGiven(command, words.slice(name.length))).not.toThrow()
})

test.for([
  [[], 'which command?'],
  [['detekt'], 'unknown command'],
  [['--detect'], 'unknown option --detect'],
  [['audit'], 'audit what? one of: verify, show'],
  [['detect', '--colour=SECRET'], 'unknown option --colour'],
  [['detect', '--profile'], '--profile needs a value'],
  [['detect', '--profile', 'SECRET'], '--profile is one of: safe-harbor, gateway'],
  [['detect', 'SECRET'], 'too many arguments: 0 expected'],
  [['deid', 'notes.txt'], '--profile is missing'],
  [['deid', '--profile', 'safe-harbor'], 'FILE|FOLDER|- is missing'],
  [['deid', '-', '--profile', 'safe-harbor', '--force=SECRET'], '--force takes no value'],
  [['deid', '-', '--profile', 'safe-harbor', '--keep-ids', '--renumber'], '--keep-ids or --renumber, not both'],
] as const)('%j is not understood: exit code 2, and no value is repeated', async ([args, message]) => {
  const { code, stdout, stderr } = await runHere(args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(`breakwater: ${message}\n`)
  expect(stderr).not.toContain('SECRET')
})

test('a file that is not there is told without its name', async () => {
  const { code, stderr } = await runHere(['deid', '/nowhere/Ana-Diaz.txt', '--profile', 'safe-harbor'])
  const message = 'breakwater: a file or folder that was named does not exist (stat: ENOENT)\n'
  expect({ code, stderr }).toEqual({ code: 1, stderr: message })
})
