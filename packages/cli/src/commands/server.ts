import type { Command } from '../command.ts'
import { createStyle } from '../style.ts'
import { UsageError } from '../terminal.ts'

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
      const { migrateDatabase, readConfig } = await import('@breakwater/server')
      const style = createStyle(stdout, environment)
      // The owner needs no certificate and is no program: only what a migration asks is read.
      const { BREAKWATER_DATABASE_URL: url, BREAKWATER_ENVIRONMENT: purpose = 'development' } = environment
      const config = readConfig({
        BREAKWATER_DATABASE_URL: url,
        BREAKWATER_ENVIRONMENT: purpose,
        BREAKWATER_PROGRAM: 'worker',
      })
      if (config.BREAKWATER_DATABASE_URL === undefined) throw new UsageError('set BREAKWATER_DATABASE_URL')
      await migrateDatabase(config.BREAKWATER_DATABASE_URL, config.BREAKWATER_ENVIRONMENT, () => undefined)
      stdout.write(`${style.good('✓ migrated')}   environment ${config.BREAKWATER_ENVIRONMENT}\n`)
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
