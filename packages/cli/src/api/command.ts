import type { Command, Given, Option } from '../command.ts'
import { createStyle } from '../style.ts'
import type { Style } from '../style.ts'
import type { Terminal } from '../terminal.ts'
import { createApiClient } from './client.ts'
import type { ApiClient } from './client.ts'
import { readCredential } from './credential.ts'

/** What a command has to say: to people, and to machines. */
interface Told {
  readonly json: unknown
  readonly lines: readonly string[]
}

export interface ApiCommand extends Omit<Command, 'run'> {
  readonly tell: (client: ApiClient, given: Given, style: Style, terminal: Terminal) => Promise<Told>
}

const SHARED: Readonly<Record<string, Option>> = {
  json: { type: 'boolean', help: 'print JSON, for machines' },
  'token-file': {
    type: 'string',
    value: 'PATH',
    help: "a token; else `breakwater login`, else this machine's administrator",
  },
  url: { type: 'string', value: 'URL', help: 'address of the server, https' },
}

/** A command that speaks to the server as who is logged in, or as the administrator of this machine. */
export function createApiCommand({ tell, options, ...command }: ApiCommand): Command {
  return {
    ...command,
    options: { ...options, ...SHARED },
    async run(given, terminal) {
      const client = createApiClient(await readCredential(given, terminal))
      const { json, lines } = await tell(client, given, createStyle(terminal.stdout, terminal.environment), terminal)
      terminal.stdout.write(
        given.has('json') ? `${JSON.stringify(json, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''),
      )
    },
  }
}
