import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listOperations, listProperties } from './openai/derive-properties.ts'
import type { Description } from './openai/derive-properties.ts'

const DESCRIPTION: Description = {
  paths: {
    '/chat/completions': {
      post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/x/Chat' } } } } },
    },
    '/telepathy': { get: {}, post: {} },
    '/completions': { post: {} },
    '/embeddings': { post: {} },
    '/moderations': { post: {} },
    '/responses': { post: {} },
    '/models': { get: {} },
    '/models/{model}': { get: {} },
  },
  components: {
    schemas: {
      Chat: {
        type: 'object',
        properties: {
          model: { type: 'string' },
          messages: { type: 'array', items: { oneOf: [{ $ref: '#/x/User' }, { $ref: '#/x/ToolMessage' }] } },
          metadata: { type: 'object', additionalProperties: { type: 'string' } },
          level: { type: 'string', enum: ['low', 'high', null] },
        },
      },
      User: {
        type: 'object',
        properties: { role: { const: 'user' }, replies: { type: 'array', items: { $ref: '#/x/User' } } },
      },
      ToolMessage: {
        allOf: [
          { type: 'object', properties: { role: { enum: ['tool'] } } },
          { properties: { id: { type: 'string' } } },
        ],
      },
    },
  },
}

test('properties of a description are listed by path, kind and member of a union, and once where one holds itself', () => {
  expect(listProperties(DESCRIPTION).map(({ path, kinds }) => `${path} ${kinds}`)).toEqual([
    'level =high|=low',
    'messages array',
    'messages[](tool).id string',
    'messages[](tool).role =tool',
    'messages[](user).replies array',
    'messages[](user).replies[] ^self',
    'messages[](user).role =user',
    'metadata object',
    'metadata.* string',
    'model string',
  ])
  expect(listOperations(DESCRIPTION)).toContain('GET /telepathy')
})

test('a description with another property or operation than ours fails the check, with its name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-features-'))
  try {
    const file = join(folder, 'description.yml')
    writeFileSync(file, JSON.stringify(DESCRIPTION))
    let output = ''
    try {
      execFileSync(process.execPath, ['scripts/check-features.ts', '--spec', file], {
        encoding: 'utf8',
      })
    } catch (thrown) {
      output = String((thrown as { stdout?: unknown }).stdout)
    }
    expect(output).toMatch(/^new: +GET \/telepathy/m)
    expect(output).toMatch(/^new: +chat\.completions\trequest\tlevel/m)
    expect(output).toMatch(/^vanished: +chat\.completions\trequest\tweb_search_options/m)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
