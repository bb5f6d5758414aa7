import type { Command } from './command.ts'

/** Under which heading of the help page a command stands, by its first word. */
const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ['Server', ['start', 'migrate', 'config', 'doctor', 'admin']],
  ['Texts', ['detect', 'deid', 'evaluate', 'calibrate', 'drift', 'review']],
  ['The log', ['audit']],
  ['You', ['login', 'logout', 'whoami']],
  ['Where PHI may go', ['provider', 'agreement', 'vendors', 'basis', 'freeze', 'unfreeze']],
  ['How much, and what is kept', ['kept', 'limit', 'minimum', 'price']],
  ['Policy', ['policy', 'exception']],
  ['People and their access', ['access', 'break-glass', 'recertification', 'identity-provider', 'scim']],
  ['Services', ['service', 'connect', 'token', 'actor-issuer', 'token-key']],
  ['Keys', ['key', 'keyring']],
]

export interface CommandGroup {
  readonly title: string
  readonly commands: readonly Command[]
}

/** Every command once, in groups; what no group names stands last. */
export function groupCommands(commands: readonly Command[]): readonly CommandGroup[] {
  const titleOf = ({ name }: Command): string => {
    const [word = ''] = name.split(' ')
    return GROUPS.find(([, words]) => words.includes(word))?.[0] ?? 'Others'
  }
  return [...GROUPS.map(([title]) => title), 'Others']
    .map((title) => ({ title, commands: commands.filter((command) => titleOf(command) === title) }))
    .filter((group) => group.commands.length > 0)
}
