import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PolicyCaseResult, PolicyDraftRecord, PolicyExplanation } from '@breakwater/contract'
import { policyExplainInputSchema } from '@breakwater/contract'
import { createApiCommand } from '../api/command.ts'
import type { ApiClient } from '../api/client.ts'
import type { Command, Given, Option } from '../command.ts'
import { formatColumns } from '../io/format.ts'
import { createStyle } from '../style.ts'
import type { Style } from '../style.ts'
import { FailedError, UsageError } from '../terminal.ts'

const SHORT_HASH = 12

const test: Command = {
  name: 'policy test',
  summary: 'decide a table of cases by the policies of a folder, without a server',
  positionals: ['FOLDER'],
  options: { json: { type: 'boolean', help: 'print JSON, for machines' } },
  notes: [
    'The folder holds *.cedar, one policy a file, and cases.json; its schema is schema.cedarschema or that of this version.',
    'Exit code 1 when a case is decided otherwise, or the set does not hold.',
  ],
  async run(given, { stdout, environment }) {
    const style = createStyle(stdout, environment)
    const url = await readFolder(given)
    const { hashPolicySet, loadPolicyEngine, readPolicyCases, readPolicyFolder, runPolicyCases } = await import(
      '@breakwater/server'
    )
    const set = await readPolicyFolder(url)
    const sha256 = hashPolicySet(set)
    const results = runPolicyCases(loadPolicyEngine(set, sha256), await readPolicyCases(url))
    const failed = results.filter(({ isPassed }) => !isPassed).length
    if (given.has('json')) stdout.write(`${JSON.stringify({ sha256, results }, null, 2)}\n`)
    else {
      const lines = [...describeResults(results, style), '', describeScore(results, sha256, style)]
      stdout.write(`${lines.join('\n')}\n`)
    }
    if (failed > 0) throw new FailedError('cases failed')
  },
}

const show = createApiCommand({
  name: 'policy show',
  summary: 'the policies that decide now',
  options: { set: { type: 'string', value: 'SHA256', help: 'another set, by its hash' } },
  async tell(client, given, style) {
    const set = await readSet(client, given.text('set'))
    const texts = Object.entries(set.policies).flatMap(([id, text]) => ['', style.dim(`// ${id}`), text.trimEnd()])
    return { json: set, lines: [`policy set ${set.sha256}`, ...texts] }
  },
})

const diff = createApiCommand({
  name: 'policy diff',
  summary: 'how a folder, or another set, differs from the policies that decide now',
  positionals: ['FOLDER-OR-SHA256'],
  options: {},
  async tell(client, given, style) {
    const [other = ''] = given.positionals
    const { comparePolicies, readPolicyFolder } = await import('@breakwater/server')
    const isHash = /^[0-9a-f]{64}$/.test(other)
    const after = isHash ? await readSet(client, other) : await readPolicyFolder(await readFolder(given))
    const { changes } = comparePolicies(await readSet(client, undefined), after)
    const marks = { added: style.good('+'), changed: '~', removed: style.bad('-') }
    const lines = changes.map(({ id, kind }) => `${marks[kind]} ${id}`)
    return { json: changes, lines: lines.length > 0 ? lines : [style.good('no difference')] }
  },
})

const list = createApiCommand({
  name: 'policy list',
  summary: 'policy sets that were drafted, and how far each has come',
  options: {},
  async tell(client, _given, style) {
    const { drafts } = await client.call('listPolicyDrafts')
    const rows = drafts.map((draft) => [
      draft.sha256,
      describeState(draft),
      draft.origin,
      draft.draftedBy,
      draft.draftedAt,
    ])
    const [header = '', ...lines] = formatColumns(rows, ['SET', 'STATE', 'ORIGIN', 'BY', 'AT'])
    return { json: drafts, lines: rows.length > 0 ? [style.dim(header), ...lines] : [style.dim('no drafts')] }
  },
})

const draft = createApiCommand({
  name: 'policy draft',
  summary: "send a folder's policies with their cases, for somebody else to approve",
  positionals: ['FOLDER'],
  options: {},
  async tell(client, given, style) {
    const url = await readFolder(given)
    const { readPolicyCases, readPolicyFolder } = await import('@breakwater/server')
    const { schema, policies } = await readPolicyFolder(url)
    const body = {
      schema,
      policies: Object.entries(policies).map(([id, text]) => ({ id, text })),
      cases: await readPolicyCases(url),
    }
    const told = await client.call('draftPolicySet', { body })
    const { sha256 } = told.draft
    return {
      json: told,
      lines: [...describeResults(told.results, style), '', describeScore(told.results, sha256, style)],
    }
  },
})

const approve = createApiCommand({
  name: 'policy approve',
  summary: 'agree to a tested draft of somebody else',
  positionals: ['SHA256'],
  options: {},
  async tell(client, { positionals: [sha256 = ''] }, style) {
    const approved = await client.call('approvePolicyDraft', { params: { sha256 } })
    const note = approved.isSingleControl ? ', by who drafted it: single control' : ''
    return { json: approved, lines: [style.good(`approved${note}`)] }
  },
})

const activate = createApiCommand({
  name: 'policy activate',
  summary: 'make an approved draft decide, everywhere within a second',
  positionals: ['SHA256'],
  options: {},
  async tell(client, { positionals: [sha256 = ''] }, style) {
    const activated = await client.call('activatePolicyDraft', { params: { sha256 } })
    return { json: activated, lines: [style.good('active')] }
  },
})

const EXPLAIN_OPTIONS: Readonly<Record<string, Option>> = {
  principal: { type: 'string', value: 'ID', help: 'a principal as it stands; or describe one by --role' },
  role: { type: 'string', multiple: true, value: 'ROLE', help: 'a role of somebody invented' },
  action: { type: 'string', value: 'ACTION', help: 'what is done, e.g. cross', isRequired: true },
  purpose: { type: 'string', value: 'CODE', help: 'purpose of use, e.g. TREAT' },
  resource: { type: 'string', value: 'KIND', help: 'what it is done to, e.g. patient-record' },
  'data-class': { type: 'string', value: 'CLASS', help: 'phi, limited-data-set, de-identified or synthetic' },
  field: { type: 'string', multiple: true, value: 'NAME', help: 'a field to read or write' },
  class: { type: 'string', multiple: true, value: 'NAME', help: 'a class of identifier to put back' },
  label: { type: 'string', multiple: true, value: 'NAME', help: 'a sensitivity label' },
  basis: { type: 'string', value: 'KIND', help: 'kind of legal basis' },
  environment: { type: 'string', value: 'NAME', help: "another environment than the server's" },
}

const explain = createApiCommand({
  name: 'policy explain',
  summary: 'what would be decided, by which policies, and what is missing',
  options: EXPLAIN_OPTIONS,
  async tell(client, given, style) {
    const lists = { fields: given.list('field'), classes: given.list('class'), labels: given.list('label') }
    const body = {
      ...pick(given, { id: 'principal', action: 'action', purpose: 'purpose', resource: 'resource' }),
      ...pick(given, { dataClass: 'data-class', basis: 'basis', environment: 'environment' }),
      ...(given.text('principal') === undefined && { principal: { roles: given.list('role') } }),
      ...Object.fromEntries(Object.entries(lists).filter(([, values]) => values.length > 0)),
    }
    const parsed = policyExplainInputSchema.safeParse(body)
    if (!parsed.success) throw new UsageError(`invalid: ${parsed.error.issues.map(({ path }) => path[0]).join(', ')}`)
    const explanation = await client.call('explainPolicy', { body })
    return { json: explanation, lines: describeExplanation(explanation, style) }
  },
})

export const policyCommands: readonly Command[] = [test, show, diff, list, draft, approve, activate, explain]

function pick(given: Given, options: Readonly<Record<string, string>>): Record<string, string> {
  const found = Object.entries(options).map(([member, option]) => [member, given.text(option)] as const)
  return Object.fromEntries(found.filter((pair): pair is readonly [string, string] => pair[1] !== undefined))
}

async function readFolder({ positionals: [folder = ''] }: Given): Promise<URL> {
  const path = resolve(folder)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) throw new UsageError('FOLDER is not a folder')
  return pathToFileURL(`${path}/`)
}

async function readSet(
  client: ApiClient,
  sha256: string | undefined,
): Promise<{
  sha256: string
  schema: string
  policies: Record<string, string>
}> {
  return sha256 === undefined ? client.call('getActivePolicySet') : client.call('getPolicySet', { params: { sha256 } })
}

function describeResults(results: readonly PolicyCaseResult[], style: Style): string[] {
  const rows = results.map(({ name, expected, decided, policies, obligations, isPassed }) => [
    isPassed ? 'pass' : 'FAIL',
    name,
    expected,
    decided,
    policies.join(' '),
    obligations.join(' '),
  ])
  const [header = '', ...lines] = formatColumns(rows, ['', 'CASE', 'EXPECTED', 'DECIDED', 'BY', 'OBLIGATIONS'])
  return [style.dim(header), ...lines.map((line, index) => (results[index]?.isPassed ? line : style.bad(line)))]
}

function describeScore(results: readonly PolicyCaseResult[], sha256: string, style: Style): string {
  const passed = results.filter(({ isPassed }) => isPassed).length
  const score = `${passed} of ${results.length} cases`
  return `${passed === results.length ? style.good(`✓ ${score}`) : style.bad(`✗ ${score}`)}   set ${sha256}`
}

function describeState({ isActive, approvedBy, casesPassed }: PolicyDraftRecord): string {
  if (isActive) return 'active'
  if (approvedBy !== undefined) return 'approved'
  return casesPassed === undefined ? 'drafted' : 'tested'
}

function describeExplanation(explanation: PolicyExplanation, style: Style): string[] {
  const { isAllowed, policies, obligations, policySet, dataClass, nearMisses } = explanation
  const missing = nearMisses.flatMap(({ policy, missing: conditions }) => [
    `  ${policy}`,
    ...conditions.map((condition) => style.dim(`    fails: ${condition}`)),
  ])
  return [
    isAllowed ? style.good('allow') : style.bad('deny'),
    `by            ${policies.join(', ')}`,
    ...(obligations.length > 0 ? [`obligations   ${obligations.join(', ')}`] : []),
    `data class    ${dataClass}`,
    `policy set    ${policySet.slice(0, SHORT_HASH)}`,
    ...(missing.length > 0 ? ['', 'permissions that were near:', ...missing] : []),
  ]
}
