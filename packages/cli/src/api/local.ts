import { request } from 'node:http'
import { join } from 'node:path'
import { problemSchema } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Terminal } from '../terminal.ts'
import { ApiRefusal } from './client.ts'
import { homeOf } from './home.ts'

const SOCKET = 'admin.sock'
const TIMEOUT_MS = 30_000

/** Asks the server of this machine by the socket in its home folder. Throws ApiRefusal, `provider.failed`. */
export async function askLocally(terminal: Pick<Terminal, 'environment'>, path: string): Promise<unknown> {
  const socketPath = join(homeOf(terminal), SOCKET)
  const { status, text } = await send(socketPath, path).catch((cause: unknown) => {
    const message = 'no server of BREAKWATER_HOME answers here: is it running, and is this account allowed to?'
    throw new AppError('provider.failed', { message, cause })
  })
  const body: unknown = JSON.parse(text)
  if (status < 400) return body
  const { type, title } = problemSchema.parse(body)
  throw new ApiRefusal(`${title} (${type.slice(type.lastIndexOf('/') + 1)})`, status)
}

function send(socketPath: string, path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method: 'POST', timeout: TIMEOUT_MS, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('error', reject)
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    sent.on('timeout', () => sent.destroy(new Error('timeout')))
    sent.on('error', reject)
    sent.end()
  })
}
