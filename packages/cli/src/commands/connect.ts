import { readFile } from 'node:fs/promises'
import { readClientKey } from '../connect/client-key.ts'
import { createProofKey } from '../connect/proof-key.ts'
import { makeLocalToken, openTokenFile, readPrivateFile } from '../connect/secret-files.ts'
import { createServerLink } from '../connect/server.ts'
import { startSidecar } from '../connect/sidecar.ts'
import type { SidecarOptions } from '../connect/sidecar.ts'
import { checkServer, createTokenSource } from '../connect/token-source.ts'
import { readHomeFile } from '../api/home.ts'
import type { Command, Given } from '../command.ts'
import { createStyle } from '../style.ts'
import { UsageError } from '../terminal.ts'
import type { Terminal } from '../terminal.ts'

const DEFAULT_PORT = 8089
const DRAIN_MS = 30_000
const CLIENT = /^[a-z0-9][a-z0-9-]{0,62}\.[a-z0-9][a-z0-9-]{0,62}$/

export const connectCommands: readonly Command[] = [
  {
    name: 'connect',
    summary: 'let an unmodified SDK on this machine speak to the server as a service',
    options: {
      client: {
        type: 'string',
        value: 'TENANT.ID',
        help: 'the service, as `service register` named it',
        isRequired: true,
      },
      key: { type: 'string', value: 'PATH', help: 'its private key, mode 0600; read again for every token' },
      server: { type: 'string', value: 'URL', help: 'address of the server, https' },
      ca: { type: 'string', value: 'PATH', help: 'authorities to trust; ca.pem of BREAKWATER_HOME when left out' },
      scope: { type: 'string', multiple: true, value: 'SCOPE', help: 'narrow its tokens, e.g. cross:TREAT' },
      host: { type: 'string', choices: ['127.0.0.1', '::1'], help: 'where to listen', default: '127.0.0.1' },
      port: { type: 'string', value: 'N', help: `port to listen on, 0 picks one; ${DEFAULT_PORT} when left out` },
      socket: { type: 'string', value: 'PATH', help: 'listen on a unix socket of this account instead' },
      'local-token-file': { type: 'string', value: 'PATH', help: 'keep the local token there, mode 0600' },
      'no-local-token': { type: 'boolean', help: 'whoever reaches the socket may use it; with --socket only' },
      'tls-cert': { type: 'string', value: 'PATH', help: 'client certificate: binds tokens to it instead of DPoP' },
      'tls-key': { type: 'string', value: 'PATH', help: 'its private key, mode 0600' },
    },
    notes: [
      'Give the SDK the base URL and the local token as its API key. Requests leave as they came, with a bound access',
      'token (RFC 9449, RFC 8705) of five minutes instead of the key. Nothing listens beyond this machine.',
    ],
    async run(given, terminal) {
      const style = createStyle(terminal.stdout, terminal.environment)
      const clientId = given.required('client')
      if (!CLIENT.test(clientId)) throw new UsageError('--client is TENANT.ID')
      const place = readPlace(given)
      const link = createServerLink({
        origin: readOrigin(given, terminal),
        ca: await readCa(given, terminal),
        ...(await readCertificate(given)),
      })
      const keyPath = given.text('key')
      const hasCertificate = given.text('tls-cert') !== undefined
      if (keyPath === undefined && !hasCertificate) throw new UsageError('--key is missing (or --tls-cert)')
      const proofKey = hasCertificate ? undefined : await createProofKey()
      await checkServer(link)
      const tokens = createTokenSource({
        link,
        clientId,
        scopes: given.list('scope'),
        ...(keyPath !== undefined && { readKey: async () => readClientKey(keyPath) }),
        ...(proofKey && { proofKey }),
      })
      // What the server refuses is known before the first request.
      await tokens.get()
      const localToken = await readLocalToken(given)
      const sidecar = await startSidecar({
        link,
        tokens,
        place,
        ...(proofKey && { proofKey }),
        ...(localToken !== undefined && { localToken }),
      })
      const line = (label: string, text: string): string => `  ${style.dim(label.padEnd(10))}${text}\n`
      const address = 'socket' in place ? `unix:${place.socket}` : `http://${hostOf(place.host)}:${sidecar.port}/v1`
      const file = given.text('local-token-file')
      terminal.stdout.write(
        [
          `\n  ${style.bold('Breakwater connect')}  ${style.good('ready')}\n\n`,
          line('base URL', style.bold(address)),
          line('API key', describeToken(localToken, file)),
          line('server', link.origin),
          line('service', `${clientId}, bound by ${hasCertificate ? 'its client certificate' : 'DPoP'}`),
          `\n  ${style.dim('Ctrl-C stops it, after the requests in flight.')}\n\n`,
        ].join(''),
      )
      await terminal.untilStopped()
      terminal.stdout.write('  Stopping: requests in flight finish first. Ctrl-C again ends it now.\n')
      await sidecar.drain(DRAIN_MS)
      terminal.stdout.write('  Stopped.\n')
    },
  },
]

function readPlace(given: Given): SidecarOptions['place'] {
  const socket = given.text('socket')
  if (given.has('no-local-token') && socket === undefined) {
    throw new UsageError('--no-local-token goes with --socket: a port is open to every account of this machine')
  }
  if (socket !== undefined) return { socket }
  const port = given.integer('port', { min: 0, max: 65_535 }) ?? DEFAULT_PORT
  return { host: given.required('host'), port }
}

function readOrigin(given: Given, { environment }: Terminal): string {
  const url = given.text('server') ?? `https://localhost:${environment['BREAKWATER_PORT'] ?? '8443'}`
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'https:' || parsed.pathname !== '/') throw new UsageError('--server is an https address')
  return parsed.origin
}

async function readCa(given: Given, terminal: Terminal): Promise<string> {
  const path = given.text('ca')
  return path === undefined ? readHomeFile(terminal, 'ca.pem') : readFile(path, 'utf8')
}

async function readCertificate(given: Given): Promise<{ certificate?: { cert: string; key: string } }> {
  const [cert, key] = [given.text('tls-cert'), given.text('tls-key')]
  if (cert === undefined && key === undefined) return {}
  if (cert === undefined || key === undefined) throw new UsageError('--tls-cert and --tls-key go together')
  return { certificate: { cert: await readFile(cert, 'utf8'), key: await readPrivateFile(key, '--tls-key') } }
}

async function readLocalToken(given: Given): Promise<string | undefined> {
  if (given.has('no-local-token')) return undefined
  const file = given.text('local-token-file')
  return file === undefined ? makeLocalToken() : openTokenFile(file)
}

function describeToken(token: string | undefined, file: string | undefined): string {
  if (token === undefined) return 'any: whoever reaches the socket may use it'
  return file === undefined ? `${token} (new with every start; --local-token-file keeps it)` : `in ${file}`
}

function hostOf(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
