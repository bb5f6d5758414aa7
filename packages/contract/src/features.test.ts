import { describe, expect, test } from 'vitest'
import { FEATURES, featureSchema, isFeature, needsNaming, PLAIN_FEATURES, readBeta, readToolType } from './features.ts'

/** The note on vendors: denied with PHI unless an agreement names them. */
const DENIED_BY_DEFAULT = [
  'store',
  'background',
  'previous-response',
  'conversation',
  'hosted-tool.web-search',
  'hosted-tool.web-fetch',
  'hosted-tool.code',
  'hosted-tool.file-search',
  'hosted-tool.remote-mcp',
  'files',
  'batch',
  'realtime',
  'fine-tuning',
  'prompt-cache.24h',
  'beta.unknown',
] as const

describe('the list of features', () => {
  test.for(DENIED_BY_DEFAULT)('%s is covered only when it is named (GW-05)', (name) => {
    expect(needsNaming(name)).toBe(true)
    expect(PLAIN_FEATURES).not.toContain(name)
  })

  test('is sorted, described, and fit for the ledger', () => {
    const names = Object.keys(FEATURES)
    expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)))
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9.-]{0,63}$/)
  })

  test('is closed: no name of an object is on it', () => {
    for (const name of ['toString', 'constructor', '__proto__', 'telepathy']) {
      expect(isFeature(name)).toBe(false)
      expect(featureSchema.safeParse(name).success).toBe(false)
      expect(readBeta(name)).toBe('beta.unknown')
      expect(readToolType(name)).toBe('hosted-tool.unknown')
    }
  })

  test.for([
    ['files-api-2025-04-14', 'files'],
    ['mcp-client-2026-09-15', 'hosted-tool.remote-mcp'],
    ['interleaved-thinking-2025-05-14', 'reasoning'],
    ['dreaming-2026-04-21', 'beta.unknown'],
    ['files-api-2025-04-14,x', 'beta.unknown'],
  ])('reads the trial %s as %s', ([name, feature]) => {
    expect(readBeta(String(name))).toBe(feature)
  })

  test.for([
    ['web_search_20250305', 'hosted-tool.web-search'],
    ['web_search_preview_2025_03_11', 'hosted-tool.web-search'],
    ['text_editor_20250728', 'tools'],
    ['function', 'tools'],
    ['web_searchx', 'hosted-tool.unknown'],
  ])('reads a tool of type %s as %s', ([type, feature]) => {
    expect(readToolType(String(type))).toBe(feature)
  })
})
