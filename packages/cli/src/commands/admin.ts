import { invitationSchema } from '@breakwater/contract'
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
]
