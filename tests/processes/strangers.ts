import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'

/** The status that a caller with an invented token gets, who comes from this address of the machine. */
export async function askAsStranger(port: string, caFile: string, from: string): Promise<number> {
  const agent = new Agent({ ca: await readFile(caFile, 'utf8'), localAddress: from, keepAlive: false })
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer bw_default_${'x'.repeat(43)}` }
    const to = { agent, host: '127.0.0.1', servername: 'localhost', port, path: '/api/v1/whoami', headers }
    const sent = request(to, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end()
  })
}

export async function many(count: number, work: () => Promise<number>): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, work))
}
