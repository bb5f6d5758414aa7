import { describe, expect, test } from 'vitest'
import { createEgress } from './egress.ts'

const schema = (properties: object): object => ({ type: 'object', properties })

function isEgress(name: string, parameters: object = schema({ who: {} }), added: readonly string[] = []): boolean {
  const tools = [{ type: 'function', function: { name, parameters } }]
  return createEgress(JSON.stringify({ tools }), added)(name)
}

describe('the arguments of a tool leave the house', () => {
  test.for([
    'fetch',
    'http_get',
    'browse',
    'search',
    'web_search',
    'searchGoogle',
    'send_message',
    'sendEmail',
    'postNote',
    'notify-team',
  ])('by its name: %s', (name) => {
    expect(isEgress(name)).toBe(true)
  })

  test.for([
    [schema({ url: {} })],
    [schema({ webhookUrl: {} })],
    [schema({ options: schema({ recipients: {} }) })],
    [schema({ where: { type: 'string', format: 'uri' } })],
    [schema({ any: { anyOf: [{ type: 'null' }, schema({ endpoint: {} })] } })],
  ])('by its parameters: %j', ([parameters]) => {
    expect(isEgress('look_up', parameters)).toBe(true)
  })

  test('by what the policy set or the caller adds', () => {
    expect(isEgress('look_up', schema({}), ['look_up'])).toBe(true)
    expect(isEgress('look_up', schema({}), ['look_*'])).toBe(true)
    expect(isEgress('look_up', schema({}), ['look'])).toBe(false)
  })

  test('when nobody declared it', () => {
    const tool = createEgress(JSON.stringify({ tools: [{ type: 'function', function: { name: 'look_up' } }] }), [])
    expect([tool('look_up'), tool('invented'), tool(undefined)]).toEqual([false, true, true])
  })

  test.for(['look_up', 'search_patients', 'get_patient', 'order_lab', 'dispatch_note', 'postpone_visits'])(
    'not for what stays inside: %s',
    (name) => {
      expect(isEgress(name)).toBe(false)
    },
  )

  test('in the words of each protocol', () => {
    const body = {
      tools: [
        { type: 'function', name: 'flat', parameters: schema({ url: {} }) },
        { name: 'messages', input_schema: schema({ url: {} }) },
        { type: 'function', name: 'inside', parameters: schema({ who: {} }) },
      ],
      functions: [{ name: 'old', parameters: schema({ url: {} }) }],
    }
    const tool = createEgress(JSON.stringify(body), [])
    expect(['flat', 'messages', 'old', 'inside'].map(tool)).toEqual([true, true, true, false])
  })
})
