import { execFile } from 'node:child_process'
import { copyFile, readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Duty } from './world.ts'
import { MODEL } from './world.ts'

const run = promisify(execFile)
const PINS = fileURLToPath(new URL('requirements.txt', import.meta.url))
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024

/** The harnesses, installed as a release of theirs is: nothing of them is changed. */
export interface Harness {
  /** Runs one of their programs; answers its exit status and what it said. */
  run(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Said>
}

export interface Said {
  readonly exitCode: number
  readonly output: string
}

/** Installs them in a folder, once. Needs Python 3.10 with venv, and its package index the first time. */
export async function installHarness(folder: string): Promise<Harness> {
  const bin = join(folder, 'venv', 'bin')
  const installed = join(folder, 'venv', 'installed.txt')
  if (!existsSync(installed) || (await readFile(installed, 'utf8')) !== (await readFile(PINS, 'utf8'))) {
    await run('python3', ['-m', 'venv', '--clear', join(folder, 'venv')])
    await run(join(bin, 'pip'), ['install', '--quiet', '--no-deps', '--only-binary', ':all:', '--requirement', PINS])
    await copyFile(PINS, installed)
  }
  return {
    run: async (program, args, env = {}) => {
      const options = { env: { ...process.env, ...env }, maxBuffer: MAX_OUTPUT_BYTES }
      try {
        const { stdout, stderr } = await run(join(bin, program), [...args], options)
        return { exitCode: 0, output: stdout + stderr }
      } catch (thrown) {
        const { code, stdout = '', stderr = '' } = Object(thrown)
        return { exitCode: typeof code === 'number' ? code : -1, output: `${stdout}${stderr}` }
      }
    },
  }
}

/** Where a gateway listens and what it wants to see. */
export interface Target {
  readonly name: string
  readonly origin: string
  readonly token?: string
}

/** What was asked of the request's way: are values masked, and are they given back. */
export interface CheckResult {
  readonly name: string
  /** CLEAN, LEAK, CHECK FAILED or NOT MEASURED: theirs. */
  readonly verdict: string
  readonly reason: string
  readonly entities: Readonly<Record<string, string>>
}

/** `pii-leak-benchmark ci`: their request check, which first proves on a control of its own that it sees a leak. */
export async function checkRequests(
  harness: Harness,
  target: Target,
  duty: Duty,
  upstreamPort: number,
  out: string,
): Promise<CheckResult> {
  const args = ['ci', '--target-base-url', `${target.origin}/v1`, '--capture-port', String(upstreamPort), '--out', out]
  const said = await harness.run(
    'pii-leak-benchmark',
    [...args, '--duty', duty, '--target-model', MODEL, '--target-version', target.name],
    { CONFORMANCE_TARGET_API_KEY: target.token ?? 'none', BENCHMARK_SUBMISSION_SECTION: 'false' },
  )
  const report = Object(await readJson(join(out, 'current.json')))
  return {
    name: target.name,
    verdict: String(report.verdict ?? 'NOT MEASURED'),
    reason: String(report.reason ?? said.output.slice(-400)),
    entities: Object(report.entities),
  }
}

/** What became of the answer's two halves. Rates as theirs: of cases that could be observed. */
export interface SplitResult {
  readonly name: string
  /** Of the caller's own values, those that came back. */
  readonly fidelity: number
  /** Of the values that the model brought, those that reached the caller: whole, and cut at every place. */
  readonly leakWhole: number
  readonly leakSplit: number
  /** Values of which a piece reached the caller before the rest was removed. */
  readonly partial: number
  readonly applicable: number
  readonly attempted: number
  /** Classes that reached the upstream. */
  readonly requestLeaks: readonly string[]
  readonly outcome: string
  readonly isSchemaValid: boolean
  readonly output: string
}

/** `pii-leak-benchmark-v2`: both halves of one streamed answer, the model's values cut by `oracle`. */
export async function checkAnswers(
  harness: Harness,
  target: Target,
  upstreamPort: number,
  out: string,
  { oracle, seed }: { readonly oracle: string; readonly seed: string },
): Promise<SplitResult> {
  const summary = join(out, `${target.name}.summary.json`)
  const url = `${target.origin}/v1/chat/completions`
  const args = ['--validate', '--out', out, '--only', target.name, '--gateway-url', url, '--json-out', summary]
  const said = await harness.run(
    'pii-leak-benchmark-v2',
    [
      ...args,
      '--upstream-port',
      String(upstreamPort),
      '--model',
      MODEL,
      '--oracle',
      oracle,
      '--seed',
      seed,
      '--partial-emission',
    ],
    { CONFORMANCE_TARGET_API_KEY: target.token ?? 'none' },
  )
  const [row = {}] = Object(await readJson(summary)).rows ?? []
  const sidecar = Object(await readJson(join(out, `${target.name}.partial-emission.json`)))
  return {
    name: target.name,
    fidelity: Number(row.fidelity_rate ?? Number.NaN),
    leakWhole: Number(row.leak_single_chunk ?? Number.NaN),
    leakSplit: Number(row.leak_adversarial ?? Number.NaN),
    partial: Number(sidecar.metrics?.partial_emission_rate?.overall ?? Number.NaN),
    applicable: Number(row.cases_applicable ?? 0),
    attempted: Number(row.cases_attempted ?? 0),
    requestLeaks: row.request_path_leak ?? [],
    outcome: String(row.outcome ?? 'not measured'),
    isSchemaValid: row.schema_valid === true,
    output: said.output,
  }
}

async function readJson(file: string): Promise<unknown> {
  return existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {}
}
