import { join } from 'node:path'
import { createLocalLogSigner } from '@breakwater/keys'
import { createNoteKey, formatVerifierKey } from '@breakwater/ledger'
import { createLedgerSequencer } from '../features/ledger/index.ts'
import type { Db } from '../platform/db/database.ts'
import { writeFileWhole } from '../platform/home/write-file.ts'
import type { Closers } from './closers.ts'
import type { Process } from './process.ts'

const LOG_NAME = 'breakwater.localhost/log'

/** Integrates, signs and publishes the log: the one program that holds the log's key. */
export async function startSequencer({ home, clock, log }: Process, sequencerDb: Db, closers: Closers): Promise<void> {
  const signer = await createLocalLogSigner({ dir: join(home, 'keys'), name: LOG_NAME })
  const verifierKey = formatVerifierKey(createNoteKey(signer.name, signer.publicKey))
  await writeFileWhole(join(home, 'log.vkey'), `${verifierKey}\n`)
  const sequencer = createLedgerSequencer({ db: sequencerDb, homeDir: home, signer, clock, log })
  sequencer.start()
  closers.add(async () => sequencer.stop())
}
