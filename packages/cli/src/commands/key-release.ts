import { readFile } from 'node:fs/promises'
import { createApiCommand } from '../api/command.ts'
import type { Command } from '../command.ts'
import { writePrivateFile } from '../connect/secret-files.ts'
import { UsageError } from '../terminal.ts'

// As the contract bounds it, before base64.
const MAX_EVIDENCE_BYTES = 49_152

/** For programs on attested machines, and for trying a rule out: docs/keys.md. */
export const keyReleaseCommands: readonly Command[] = [
  createApiCommand({
    name: 'key challenge',
    summary: 'a nonce for evidence about this machine, good once and for two minutes',
    positionals: ['CLASS'],
    options: {},
    notes: ['Prints the nonce in base64: the enclave puts its 32 bytes into what it asks the hardware to sign.'],
    async tell(client, { positionals: [objectClass = ''] }) {
      const challenge = await client.call('challengeRelease', { body: { objectClass } })
      return { json: challenge, lines: [challenge.nonce] }
    },
  }),
  createApiCommand({
    name: 'key release',
    summary: 'presents evidence, and writes the data key, encrypted to the machine that the evidence is about',
    positionals: ['CLASS'],
    options: {
      evidence: { type: 'string', value: 'PATH', help: 'the attestation document or token', isRequired: true },
      out: { type: 'string', value: 'PATH', help: 'where the encrypted key goes, mode 0600', isRequired: true },
      key: { type: 'string', value: 'ID', help: 'which data key; the current one of the class when left out' },
    },
    async tell(client, given, style) {
      const [objectClass = ''] = given.positionals
      const dekId = given.text('key')
      const evidence = await readEvidence(given.required('evidence'))
      const body = { objectClass, evidence, ...(dekId !== undefined && { dekId }) }
      const release = await client.call('releaseKey', { body })
      await writePrivateFile(given.required('out'), `${JSON.stringify(release, null, 2)}\n`)
      return { json: { objectClass, dekId: release.dekId }, lines: [style.good(`released: ${release.dekId}`)] }
    },
  }),
]

async function readEvidence(path: string): Promise<string> {
  const bytes = await readFile(path).catch(() => {
    throw new UsageError('--evidence: the file cannot be read')
  })
  if (bytes.length === 0 || bytes.length > MAX_EVIDENCE_BYTES) throw new UsageError('--evidence: 1 byte to 48 KiB')
  return bytes.toString('base64')
}
