import { describe, expect, test } from 'vitest'
import { loadPolicyEngine, readPolicyCases, readPolicyFolder, runPolicyCases } from '@breakwater/server'
import { expectCell, listCells } from '../../requirements/authorisation-matrix.ts'
import { decideCell } from './decide-cell.ts'
import { findDifference, listBySensitivity, listMutants } from './mutants.ts'

const shipped = await readPolicyFolder()
const cases = await readPolicyCases()

describe('the shipped policies', { timeout: 300_000 }, () => {
  test('say what the table says in every role x purpose x action x class of data x field (AC-01, AC-02, AC-14)', () => {
    const engine = loadPolicyEngine(shipped, 'matrix', { remembers: false })
    let count = 0
    const differing: string[] = []
    for (const cell of listCells()) {
      count++
      if (decideCell(engine, cell) !== expectCell(cell)) differing.push(JSON.stringify(cell))
    }
    expect(differing.slice(0, 5)).toEqual([])
    expect(count).toBeGreaterThan(50_000)
  })

  test('need each policy and each condition: without it some cell is decided otherwise (AC-01)', () => {
    const cells = listBySensitivity()
    const unnoticed: string[] = []
    for (const mutant of listMutants(shipped, { elements: false })) {
      const engine = loadPolicyEngine(mutant.set, `mutant ${mutant.name}`, { remembers: false })
      const isNoticed =
        // First, because they are few: what turns on labels, which the table has none of, they alone decide.
        runPolicyCases(engine, cases).some(({ isPassed }) => !isPassed) ||
        findDifference(mutant, cells, (cell) => decideCell(engine, cell))
      if (!isNoticed) unnoticed.push(mutant.name)
    }
    expect(unnoticed).toEqual([])
  })
})
