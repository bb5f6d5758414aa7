import type { Command } from '../command.ts'
import { createStyle } from '../style.ts'

// The server is loaded by the commands that need it: the others start without its parts.
export const serverCommands: readonly Command[] = [
  {
    name: 'start',
    summary: 'run the server until it is told to stop',
    options: {},
    notes: ['Settings come from BREAKWATER_ variables: docs/configuration.md.'],
    async run(_given, { environment, stdout, stderr }) {
      const { runServer } = await import('@breakwater/server')
      await runServer({ environment, stdout, stderr })
    },
  },
  {
    name: 'migrate',
    summary: 'bring the database to this version, as its owner; `start` does it only in development',
    options: {},
    notes: ['BREAKWATER_DATABASE_URL names the owner here; the programs connect as members of breakwater_app.'],
    async run(_given, { environment, stdout }) {
      const { readMigrationOptions, migrateDatabase } = await import('@breakwater/server')
      const style = createStyle(stdout, environment)
      const options = await readMigrationOptions(environment)
      await migrateDatabase(options)
      stdout.write(`${style.good('✓ migrated')}   environment ${options.environment}\n`)
    },
  },
  {
    name: 'config check',
    summary: 'whether the BREAKWATER_ settings are valid',
    options: {},
    async run(_given, { environment, stdout }) {
      const { readConfig } = await import('@breakwater/server')
      const style = createStyle(stdout, environment)
      const settings = Object.keys(environment).filter((name) => name.startsWith('BREAKWATER_'))
      readConfig(environment)
      const told = settings.length > 0 ? settings.toSorted().join(', ') : 'none set, every default holds'
      stdout.write(`${style.good('✓ valid')}   ${told}\n`)
    },
  },
]
