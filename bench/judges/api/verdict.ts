import { ROUTES } from '@breakwater/contract'
import type { Route } from '@breakwater/contract'
import type { Cell } from '../../../requirements/authorisation-matrix.ts'
import { expectCell } from '../../../requirements/authorisation-matrix.ts'
import { EXEMPT } from './exemptions.ts'
import type { Run } from './runs.ts'
import { RUNS } from './runs.ts'
import type { Outcome } from './schemathesis.ts'

const CROSSING = { action: 'cross', store: 'endpoint', purpose: 'TREAT' } as const
const ROUTES_JUDGED: Readonly<Record<string, Pick<Route, 'action' | 'isPublic'> & Partial<Cell>>> = {
  ...Object.fromEntries(
    Object.entries<Route>(ROUTES).map(([name, { action, isPublic }]) => [name, { action, isPublic }]),
  ),
  cross: CROSSING,
  preview: { ...CROSSING, action: 'preview' },
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)
const isGood = (status: string): boolean => status.startsWith('2')

/** Whether the hand-written table lets who asks in a run do what a route is for. */
function mayHave({ role }: Run, route: string): boolean {
  const { action, isPublic, ...use } = ROUTES_JUDGED[route] ?? {}
  if (isPublic) return true
  if (role === undefined) return false
  if (action === undefined) return true
  const isService = role === 'application'
  return expectCell({
    roles: [role],
    kind: isService ? 'service' : 'human',
    // People of these runs hold no purpose; the service holds the one that it asks for.
    holdsPurpose: isService,
    mayRestore: isService,
    dataClass: 'synthetic',
    environment: 'development',
    basis: 'none',
    isBreakGlass: false,
    isMfa: !isService,
    isRecent: !isService,
    ...use,
    action,
  })
}

interface Seen {
  readonly best: string
  readonly count: number
}

/** A 2xx before anything else, then the lowest status. */
function findBest(statuses: Readonly<Record<string, number>>): Seen {
  const [best = '-'] = Object.keys(statuses).toSorted()
  return { best, count: Object.values(statuses).reduce((sum, count) => sum + count, 0) }
}

/** Prints what was seen, route by role, and all that must not be; the last line is JSON. Gives whether all is right. */
export function judge(
  outcomes: readonly Outcome[],
  { seconds, isWhole }: { seconds: number; isWhole: boolean },
): boolean {
  const faults: string[] = []
  const reached = new Set<string>()
  for (const { run, statuses, codes, violations, exitCode, output } of outcomes) {
    for (const [route, counts] of Object.entries(statuses)) {
      const isAnswered = Object.keys(counts).some(isGood)
      if (isAnswered) reached.add(route)
      if (isAnswered && !mayHave(run, route)) faults.push(`data without right: ${route} answers 2xx to ${run.name}`)
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
      if (run.role !== undefined && mayHave(run, route) && codes[route]?.['policy.denied'] === total)
        faults.push(`a right without effect: ${route} is always denied to ${run.name}`)
    }
    for (const [rule, found] of Object.entries(violations)) {
      for (const { route, status, detail } of found) faults.push(`${rule}: ${route} (${run.name}) ${status} ${detail}`)
    }
    if (exitCode !== 0) faults.push(`schema or content type: ${run.name}\n${output.slice(-6_000)}`)
  }
  printTable(outcomes)
  const routes = Object.keys(ROUTES_JUDGED)
  if (isWhole) {
    for (const route of routes) {
      if (!reached.has(route) && !(route in EXEMPT)) faults.push(`never a 2xx: ${route}: ${listCodes(outcomes, route)}`)
      if (reached.has(route) && route in EXEMPT) faults.push(`exempt, but reached a 2xx: ${route}`)
    }
  }
  for (const fault of faults) print(`FAULT ${fault}`)
  for (const { run, seconds: took, statuses } of outcomes) {
    print(`${run.name}: ${sum(statuses)} cases in ${took.toFixed(0)} s`)
  }
  const count = (rule: string): number =>
    outcomes.reduce((all, { violations }) => all + (violations[rule]?.length ?? 0), 0)
  print(
    JSON.stringify({
      cases: outcomes.reduce((all, { statuses }) => all + sum(statuses), 0),
      routes: routes.length,
      routes2xx: routes.filter((route) => reached.has(route)).length,
      exempt: Object.keys(EXEMPT).length,
      serverErrors: count('server errors'),
      leaks: count('leaks'),
      withoutRight: faults.filter((fault) => fault.startsWith('data without right')).length,
      faults: faults.length,
      seconds: Math.round(seconds),
    }),
  )
  return faults.length === 0
}

function listCodes(outcomes: readonly Outcome[], route: string): string {
  const allowed = outcomes.filter(({ run }) => run.role !== undefined && mayHave(run, route))
  return [...new Set(allowed.flatMap(({ codes }) => Object.keys(codes[route] ?? {})))].join(', ')
}

function sum(statuses: Outcome['statuses']): number {
  return Object.values(statuses).reduce((all, counts) => all + findBest(counts).count, 0)
}

/** Each cell: the best status and how often it was asked. */
function printTable(outcomes: readonly Outcome[]): void {
  const columns = [...new Set(RUNS.map(({ name }) => name.split(':')[0] ?? name))]
  print(`${'route'.padEnd(26)}${columns.map((name) => name.slice(0, 11).padStart(12)).join('')}`)
  for (const route of [...Object.keys(ROUTES_JUDGED), '(other methods)']) {
    const cells = columns.map((column) => {
      const merged: Record<string, number> = {}
      for (const { run, statuses } of outcomes) {
        if (run.name.split(':')[0] !== column) continue
        for (const [status, count] of Object.entries(statuses[route] ?? {}))
          merged[status] = (merged[status] ?? 0) + count
      }
      const { best, count } = findBest(merged)
      return (best === '-' ? '-' : `${best}/${count}`).padStart(12)
    })
    print(`${route.padEnd(26)}${cells.join('')}`)
  }
}
