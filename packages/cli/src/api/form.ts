import { request } from 'node:https'
import { AppError } from '@breakwater/kernel'
import { describeFailure, USER_AGENT } from './client.ts'

const TIMEOUT_MS = 30_000
const MAX_CHARS = 65_536

/** What an OAuth endpoint answered; the text is not believed before a schema has seen it. */
export interface FormAnswer {
  readonly status: number
  readonly body: unknown
}

/** Posts a form to an OAuth endpoint. Throws `provider.failed` without an answer in JSON. */
export function postForm(
  url: URL,
  ca: string | null,
  form: Readonly<Record<string, string | undefined>>,
): Promise<FormAnswer> {
  const fields = Object.entries(form).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const payload = new URLSearchParams(fields).toString()
  const headers = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(payload),
    'user-agent': USER_AGENT,
  }
  const options = { method: 'POST', ...(ca !== null && { ca }), headers, timeout: TIMEOUT_MS, agent: false }
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => reject(describeFailure(cause))
    const sent = request(url, options, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
        if (text.length > MAX_CHARS) answer.destroy(new Error('too long'))
      })
      answer.on('error', fail)
      answer.on('end', () => {
        try {
          resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) })
        } catch (cause) {
          reject(new AppError('provider.failed', { message: 'no Breakwater answers there', cause }))
        }
      })
    })
    sent.on('timeout', () => sent.destroy(new Error('timeout')))
    sent.on('error', fail)
    sent.end(payload)
  })
}
