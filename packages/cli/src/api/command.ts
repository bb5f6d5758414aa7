import { readFile } from 'node:fs/promises'
import type { Command, Given, Option } from '../command.ts'
import { createStyle } from '../style.ts'
import type { Style } from '../style.ts'
import { UsageError } from '../terminal.ts'
import type { Terminal } from '../terminal.ts'
import { createApiClient } from './client.ts'
import type { ApiClient } from './client.ts'
import { readHomeFile } from './home.ts'

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
    help: "somebody else's token; this machine's administrator without it",
  },
  url: { type: 'string', value: 'URL', help: 'address of the server, https' },
}

const DEFAULT_PORT = '8443'

/** A command that speaks to the server as the administrator of this machine. */
export function createApiCommand({ tell, options, ...command }: ApiCommand): Command {
  return {
    ...command,
    options: { ...options, ...SHARED },
    async run(given, terminal) {
      const client = createApiClient({
        baseUrl: readBaseUrl(given, terminal),
        ca: await readHomeFile(terminal, 'ca.pem'),
        token: await readToken(given, terminal),
      })
      const { json, lines } = await tell(client, given, createStyle(terminal.stdout, terminal.environment), terminal)
      terminal.stdout.write(
        given.has('json') ? `${JSON.stringify(json, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''),
      )
    },
  }
}

async function readToken(given: Given, terminal: Terminal): Promise<string> {
  const path = given.text('token-file')
  return path === undefined ? readHomeFile(terminal, 'admin.token') : readFile(path, 'utf8')
}

function readBaseUrl(given: Given, { environment }: Terminal): string {
  const url = given.text('url') ?? `https://localhost:${environment['BREAKWATER_PORT'] ?? DEFAULT_PORT}`
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') throw new UsageError('--url is an https address')
  return url
}
