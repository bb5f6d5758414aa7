#!/usr/bin/env node
// Starts the command line under a Node that can run it: from source where there is source, else what was built.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const OLDEST = [22, 18]

function isNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/** This Node, or the one that the workspace pins. */
function findNode() {
  if (isNewEnough()) return process.execPath
  try {
    return createRequire(import.meta.url).resolve('node/bin/node')
  } catch {
    process.stderr.write(`breakwater needs Node ${OLDEST.join('.')} or newer, and this is ${process.versions.node}\n`)
    process.exit(1)
  }
}

const source = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const built = fileURLToPath(new URL('../dist/main.js', import.meta.url))
// Of a server, as `npm start` has them (docs/operations.md): what requests leave behind is collected while it is young, and
// memory is not given back in each quiet moment to be asked for again in the next.
const STEADY = ['--max-semi-space-size=64', '--heap-growing-percent=50', '--no-memory-reducer']
const memory = process.argv[2] === 'start' ? STEADY : []
const program = existsSync(source) ? ['--conditions=breakwater-source', source] : [built]

const child = spawn(findNode(), [...memory, ...program, ...process.argv.slice(2)], { stdio: 'inherit' })
// A terminal sends Ctrl-C to the whole group, and a second one would end a server at once; a supervisor's signals come
// to this process alone.
process.on('SIGINT', () => {
  if (process.stdin.isTTY !== true) child.kill('SIGINT')
})
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
})
