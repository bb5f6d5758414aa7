import { AppError } from '@breakwater/kernel'
import type { LogFields } from '@breakwater/kernel'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { createErrorHandler } from './problem.ts'

/** What is logged when a request ends in this. */
async function logOf(thrown: Error): Promise<LogFields[]> {
  const logged: LogFields[] = []
  const app = new Hono().onError(createErrorHandler((_event, fields = {}) => logged.push(fields))).get('/', () => {
    throw thrown
  })
  expect((await app.request('/')).status).toBe(502)
  return logged
}

function failWith(cause: unknown): AppError {
  return new AppError('provider.invalid-answer', { message: 'no completion', cause })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return error
  }
}

test('a failure is logged with its place', async () => {
  const [fields] = await logOf(failWith(new Error('planted')))
  expect(fields?.['place']).toMatch(/^ {4}at .*problem\.test\.ts:\d+:\d+/)
})

test('a value that an error quotes does not pass for a line of its stack', async () => {
  const quoting = parse('[1,\n    at Ada Vance]')
  expect(String(quoting)).toContain('Ada')
  expect(JSON.stringify(await logOf(failWith(quoting)))).not.toContain('Ada')
  const changed = new Error('Ada Vance\n    at Ada Vance')
  changed.message = 'another'
  expect(JSON.stringify(await logOf(failWith(changed)))).not.toContain('Ada')
})
