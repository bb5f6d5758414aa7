import { invitationSchema } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import { askLocally } from '../api/local.ts'
import type { Command } from '../command.ts'
import { createStyle } from '../style.ts'

export const adminCommands: readonly Command[] = [
  {
    name: 'admin bootstrap',
    summary: 'a link for the first administrator, good once and for 15 minutes',
    options: { json: { type: 'boolean', help: 'print JSON, for machines' } },
    notes: [
      'Run it on the machine of the server, under its account: it speaks to the socket in BREAKWATER_HOME.',
      'Refused as soon as somebody administers; from then on administrators invite each other.',
    ],
    async run(given, terminal) {
      const link = invitationSchema.parse(await askLocally(terminal, '/bootstrap'))
      const style = createStyle(terminal.stdout, terminal.environment)
      const lines = [link.url, style.dim(`open it in a browser before ${link.expiresAt}; it works once`)]
      terminal.stdout.write(given.has('json') ? `${JSON.stringify(link, null, 2)}\n` : `${lines.join('\n')}\n`)
    },
  },
  createApiCommand({
    name: 'admin invite',
    summary: 'a link for another person with a local account, good once',
    positionals: ['NAME'],
    options: {
      role: {
        type: 'string',
        multiple: true,
        choices: ['administrator', 'security-officer', 'privacy-officer'],
        help: 'what the account is for; administrator when left out',
      },
    },
    notes: [
      'Needs your own log-in, made or stepped up within five minutes: breakwater login.',
      'Everybody else comes by the identity provider and gets no local account.',
    ],
    async tell(client, given, style) {
      const [name = ''] = given.positionals
      const roles = given.list('role')
      const link = await client.call('invitePerson', {
        body: { name, roles: roles.length > 0 ? roles : ['administrator'] },
      })
      return { json: link, lines: [link.url, style.dim(`for ${name} alone, before ${link.expiresAt}; it works once`)] }
    },
  }),
]
