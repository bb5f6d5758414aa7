import { readFile } from 'node:fs/promises'
import type { KeyStatus, Reachability } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import type { Command, Given, Option } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import type { Style } from '../style.ts'
import { UsageError } from '../terminal.ts'

// An argument would stay in the shell's history and show in the list of processes.
const PATIENT: Option = {
  type: 'string',
  value: 'PATH',
  help: 'file that holds the id of the patient, and nothing else',
  isRequired: true,
}

export const keyCommands: readonly Command[] = [
  createApiCommand({
    name: 'key status',
    summary: 'which keys there are, under what, and what is due for re-wrapping',
    options: {},
    async tell(client, _given, style) {
      const status = await client.call('readKeys')
      return { json: status, lines: describeStatus(status, style) }
    },
  }),
  createApiCommand({
    name: 'key rotate',
    summary: 'a new data key of a class; what the old one sealed still opens',
    positionals: ['CLASS'],
    options: { wrap: { type: 'boolean', help: 'the key above those of patients' } },
    async tell(client, given, style) {
      const [objectClass = ''] = given.positionals
      await client.call('rotateKey', { body: { objectClass, use: given.has('wrap') ? 'wrap' : 'data' } })
      return { json: { objectClass }, lines: [style.good('rotated')] }
    },
  }),
  createApiCommand({
    name: 'keyring rotate',
    summary: 'a new version of the secret behind tokens or references',
    positionals: ['LABEL'],
    options: {},
    notes: ['LABEL is data, tokens or subjects. Older versions still derive.'],
    async tell(client, { positionals: [label = ''] }, style) {
      if (!/^(data|tokens|subjects)$/.test(label)) throw new UsageError('LABEL is data, tokens or subjects')
      await client.call('rotateKeyring', { body: { label } })
      return { json: { label }, lines: [style.good('rotated')] }
    },
  }),
  createApiCommand({
    name: 'key rewrap',
    summary: 'puts data keys under the current version of the key above them',
    options: {},
    async tell(client, _given, style) {
      let rewrapped = 0
      for (;;) {
        const done = await client.call('rewrapKeys')
        rewrapped += done.rewrapped
        // Nothing went forward: whatever is left needs somebody's hand.
        if (done.remaining === 0 || done.rewrapped === 0) {
          const lines = [style.good(`re-wrapped: ${rewrapped}`)]
          if (done.remaining > 0) lines.push(style.bad('some are left: run key status'))
          return { json: { rewrapped, remaining: done.remaining }, lines }
        }
      }
    },
  }),
  createApiCommand({
    name: 'key record',
    summary: 'puts on record what was done to a key in the key service',
    options: {
      provider: { type: 'string', value: 'NAME', help: 'as key status shows it', isRequired: true },
      key: { type: 'string', value: 'ID', help: 'as key status shows it', isRequired: true },
      version: { type: 'string', value: 'V', help: 'as key status shows it', isRequired: true },
      event: { type: 'string', choices: ['disabled', 'enabled', 'destroyed'], help: 'what was done', isRequired: true },
      at: { type: 'string', value: 'TIME', help: 'when, with its time zone', isRequired: true },
    },
    async tell(client, given, style) {
      const body = {
        provider: given.required('provider'),
        kekId: given.required('key'),
        kekVersion: given.required('version'),
        event: given.required('event'),
        happenedAt: given.required('at'),
      }
      await client.call('recordKekEvent', { body })
      return { json: body, lines: [style.good('on record')] }
    },
  }),
  createApiCommand({
    name: 'key shred',
    summary: "destroys a patient's keys: what they sealed opens no more; prints the certificate",
    options: { 'patient-file': PATIENT },
    notes: ['Cannot be undone. Copies made before open until the keys that the certificate lists are destroyed too.'],
    async tell(client, given, style) {
      const certificate = await client.call('shredKeys', { body: { patient: await readPatient(given) } })
      const { dataKeys, ledgerIndex, wrappedUnder } = certificate
      const above = wrappedUnder.map(({ provider, kekVersion }) => `${provider} version ${kekVersion}`)
      return {
        json: certificate,
        lines: [
          style.good(`shredded: ${dataKeys.length} keys, entry ${ledgerIndex} of the log`),
          style.dim(`older copies need: ${above.join(', ') || 'nothing'}; keep the certificate (--json)`),
        ],
      }
    },
  }),
  createApiCommand({
    name: 'key reachable',
    summary: "whether a patient's keys could be reached at a time, in the database or in a copy of it",
    options: {
      'patient-file': PATIENT,
      at: { type: 'string', value: 'TIME', help: 'the time in question', isRequired: true },
      'copied-at': { type: 'string', value: 'TIME', help: 'when the copy was made; the database itself when left out' },
    },
    async tell(client, given, style) {
      const copiedAt = given.text('copied-at')
      const question = { patient: await readPatient(given), at: given.required('at'), ...(copiedAt && { copiedAt }) }
      const answer = await client.call('readReachability', { body: question })
      return { json: answer, lines: describeReachability(answer, style) }
    },
  }),
]

async function readPatient(given: Given): Promise<string> {
  const path = given.required('patient-file')
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError('--patient-file: the file cannot be read')
  })
  const patient = text.trim()
  if (patient === '' || patient.includes('\n')) throw new UsageError('--patient-file: one id, on one line')
  return patient
}

function describeStatus({ environment, provider, keyring, dataKeys, releases }: KeyStatus, style: Style): string[] {
  const secrets = keyring.map(({ label, currentVersion }) => `${label} ${currentVersion}`).join(', ')
  const head = [
    `${provider.kind} ${provider.name}, version ${provider.currentVersion}, ${environment}`,
    `keyring: ${secrets}`,
    ...releases.map(
      ({ objectClass, kind, sha256 }) => `${objectClass}: attested machines only, ${kind} ${sha256.slice(0, 12)}`,
    ),
  ]
  if (dataKeys.length === 0) return [...head, style.dim('no data keys yet')]
  const rows = dataKeys.map((row) => [
    row.objectClass,
    row.use,
    String(row.keys),
    row.provider,
    row.kekId,
    row.kekVersion,
    row.isDue ? 'due' : '',
  ])
  const [first = '', ...lines] = formatColumns(rows, ['CLASS', 'USE', 'KEYS', 'UNDER', 'KEY', 'VERSION', 'RE-WRAP'])
  return [...head, '', style.dim(first), ...lines]
}

function describeReachability({ isReachable, reasons }: Reachability, style: Style): string[] {
  const told = reasons.join(', ')
  if (isReachable === true) return [style.bad(`reachable: ${told}`)]
  if (isReachable === false) return [style.good(`not reachable: ${told}`)]
  return [`not known: ${told}`]
}
