import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { installPins } from '../venv.ts'

const run = promisify(execFile)
const PINS = fileURLToPath(new URL('requirements.txt', import.meta.url))
const HERE = fileURLToPath(new URL('.', import.meta.url))
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024

/** The release of OpenAI's Python client whose tests, made from the description, are run. Its wheel has none. */
export const SUITE = 'openai-3.54.0'

/** The tests of what the gateway serves, and of what hangs below it. */
const FILES = ['chat/test_completions', 'completions', 'embeddings', 'models', 'moderations', 'responses'].map(
  (name) => `tests/api_resources/${name.includes('/') ? name : `test_${name}`}.py`,
)

export interface Suite {
  /** Runs the tests one after the other against an address; answers pytest's last line. */
  run(address: string): Promise<string>
}

/** Installs it in a folder, once. Needs Python 3.10 with venv, and its package index the first time. */
export async function installSuite(folder: string): Promise<Suite> {
  const venv = join(folder, 'venv')
  const bin = join(venv, 'bin')
  const sources = join(folder, SUITE)
  if ((await installPins(venv, PINS)) || !existsSync(sources)) {
    await rm(sources, { recursive: true, force: true })
    const fetch = ['download', '--quiet', '--no-deps', '--no-binary', ':all:', '--dest', folder]
    await run(join(bin, 'pip'), [...fetch, SUITE.replace('-', '==')])
    await run('tar', ['-xzf', join(folder, `${SUITE}.tar.gz`), '-C', folder])
  }
  return {
    async run(address) {
      // One after the other, without the suite's own parallel runs: the shim must know whose request it sees.
      const quiet = ['-q', '--tb=no', '-o', 'addopts=', '-W', 'ignore', '-p', 'no:cacheprovider', '-p', 'name_tests']
      const env = {
        TEST_API_BASE_URL: `${address}/v1`,
        JUDGE_ADDRESS: address,
        PYTHONPATH: `${HERE}${delimiter}${join(sources, 'src')}`,
      }
      const options = { cwd: sources, env: { ...process.env, ...env }, maxBuffer: MAX_OUTPUT_BYTES }
      // Tests whose request is refused fail, so it ends with 1; what it says is looked at, not how it ends.
      const stdout = await run(join(bin, 'python'), ['-m', 'pytest', ...quiet, ...FILES], options).then(
        (done) => done.stdout,
        (thrown: unknown) => String(Object(thrown).stdout),
      )
      return stdout.trim().split('\n').at(-1) ?? ''
    },
  }
}
