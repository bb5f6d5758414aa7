// npm run judge -- policy: the shipped policies against the hand-written table of requirements/authorisation-matrix.ts,
// every cell; then each policy, condition, alternative and list member taken away, which some cell must notice.
// Exit status: 0 all as it must be, 1 not.
import { loadPolicyEngine, readPolicyFolder } from '@breakwater/server'
import { expectCell, listCells, listCircumstances } from '../../../requirements/authorisation-matrix.ts'
import { decideCell } from '../../../tests/authorisation/decide-cell.ts'
import { findDifference, listBySensitivity, listMutants } from '../../../tests/authorisation/mutants.ts'

const shipped = await readPolicyFolder()

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function judgeCells(): boolean {
  const engine = loadPolicyEngine(shipped, 'judge', { remembers: false })
  let isRight = true
  for (const [name, list] of [
    ['role x purpose x action x class of data x field', listCells],
    ['two roles, and each circumstance changed', listCircumstances],
  ] as const) {
    let [count, matching] = [0, 0]
    for (const cell of list()) {
      count++
      if (decideCell(engine, cell) === expectCell(cell)) matching++
      else if (count - matching <= 5) print(`  differs: ${JSON.stringify(cell)}`)
    }
    print(`${matching} of ${count} cells match   ${name}`)
    isRight &&= matching === count
  }
  return isRight
}

function judgeMutants(): boolean {
  const cells = listBySensitivity()
  let [count, noticed] = [0, 0]
  for (const mutant of listMutants(shipped, { elements: true })) {
    const engine = loadPolicyEngine(mutant.set, `judge ${count++}`, { remembers: false })
    if (findDifference(mutant, cells, (cell) => decideCell(engine, cell))) noticed++
    else print(`  not noticed: ${mutant.name}`)
  }
  print(`${noticed} of ${count} noticed   policies, conditions, alternatives and list members taken away`)
  return noticed === count
}

const [cells, mutants] = [judgeCells(), judgeMutants()]
process.exitCode = cells && mutants ? 0 : 1
