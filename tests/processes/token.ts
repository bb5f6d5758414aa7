import { existsSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Account } from './commands.ts'
import { runCommand } from './commands.ts'

const MODULES = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so']
const PIN = '482916'
const LABEL = 'processes'

export const findModule = (): string | undefined => MODULES.find((path) => existsSync(path))

export interface Token {
  /** Where the library finds its settings. */
  readonly env: Readonly<Record<string, string>>
  /** For BREAKWATER_KEYS_FILE, with the PIN in a file of the program's own. */
  describe(pinFile: string): string
  readonly pin: string
}

/** A token of SoftHSM in the folder, its key made inside and never to leave it; programs of the group use it. */
export async function makeToken(folder: string, environment: string, account: Account | undefined): Promise<Token> {
  const modulePath = findModule() ?? ''
  const dir = join(folder, 'token')
  const tokens = join(dir, 'tokens')
  await mkdir(tokens, { recursive: true, mode: 0o770 })
  const conf = join(dir, 'softhsm2.conf')
  await writeFile(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`)
  const env = { SOFTHSM2_CONF: conf }
  if (account) await runCommand('chown', ['-R', `${account.uid}:${account.gid}`, dir])
  await chmod(tokens, 0o2770)
  const as = { env, ...(account && { account }) }
  const numbers = ['--so-pin', '73519264', '--pin', PIN]
  await runCommand('softhsm2-util', ['--init-token', '--free', '--label', LABEL, ...numbers], as)
  // As docs/keys.md says.
  const login = ['--module', modulePath, '--token-label', LABEL, '--login', '--pin', PIN]
  const key = ['--key-type', 'AES:32', '--sensitive', '--label', `breakwater/${environment}/kek`, '--id', '00000001']
  await runCommand('pkcs11-tool', [...login, '--keygen', ...key], as)
  // What the token made belongs to its group as well.
  await runCommand('chmod', ['-R', 'g+rwX', tokens])
  return {
    env,
    pin: PIN,
    describe: (pinFile) => {
      const settings = { kind: 'pkcs11', name: 'hsm', modulePath, tokenLabel: LABEL, keyName: 'kek', pinFile }
      return JSON.stringify({ providers: [settings] })
    },
  }
}
