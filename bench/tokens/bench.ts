import { createHash, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { CryptoKey, JWK } from 'jose'
import { makeScratchHome } from '../../tests/support/home.ts'
import { findFreePort, startServer } from '../../tests/support/server.ts'
import type { HttpsClient } from '../../tests/support/client.ts'

export const HELP = `npm run bench -- tokens [options]
  --seconds N      of load for one figure (5)
  --in-flight N    requests at the same time while tokens are granted (8)
Starts the real server with its own PostgreSQL and asks it over TLS 1.3 from this process, which signs too: the figures are
those of both ends on one machine.`

const WHOAMI = '/api/v1/whoami'
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

interface Signer {
  readonly jwk: JWK
  readonly kid: string
  readonly key: CryptoKey
}

/** Prints grants a second, and what a proof adds to a request, beside the same request with an API key. */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seconds: { type: 'string', default: '5' },
      'in-flight': { type: 'string', default: '8' },
    },
  })
  const scratch = await makeScratchHome()
  const server = await startServer({
    home: scratch.home,
    port: await findFreePort(),
    env: { TMPDIR: scratch.temporary },
  })
  try {
    const admin = (await readFile(join(scratch.home, 'admin.token'), 'utf8')).trim()
    const figures = await measure(server.client, server.origin, admin, {
      seconds: Number(values.seconds),
      inFlight: Number(values['in-flight']),
    })
    for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(28)} ${value.toFixed(2)}`)
    console.log(JSON.stringify(figures))
  } finally {
    await server.stop()
    await scratch.remove()
  }
}

async function measure(
  client: HttpsClient,
  origin: string,
  admin: string,
  { seconds, inFlight }: { readonly seconds: number; readonly inFlight: number },
): Promise<Readonly<Record<string, number>>> {
  const [own, proofKey] = [await makeSigner(), await makeSigner()]
  const administer = async (method: string, path: string, body: object): Promise<string> => {
    const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' }
    return (await client.send(path, { method, headers, body: JSON.stringify(body) })).body.toString()
  }
  await administer('PUT', '/api/v1/services/app', { scopes: ['cross'] })
  await administer('POST', '/api/v1/services/app/keys', { jwk: own.jwk })
  const apiKey: { token: string } = JSON.parse(await administer('POST', '/api/v1/principals/app/tokens', {}))

  const prove = async (method: string, path: string, token?: string): Promise<string> =>
    new SignJWT({
      htm: method,
      htu: `${origin}${path}`,
      jti: randomUUID(),
      ...(token !== undefined && { ath: createHash('sha256').update(token).digest('base64url') }),
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: proofKey.jwk })
      .setIssuedAt()
      .sign(proofKey.key)
  const grant = async (): Promise<string> => {
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: own.kid })
      .setIssuer('default.app')
      .setSubject('default.app')
      .setAudience(`${origin}/oauth2/token`)
      .setJti(randomUUID())
      .setExpirationTime('120 seconds')
      .sign(own.key)
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: assertion,
    }
    const headers = {
      dpop: await prove('POST', '/oauth2/token'),
      'content-type': 'application/x-www-form-urlencoded',
    }
    const { status, body } = await client.send('/oauth2/token', { headers, body: new URLSearchParams(form).toString() })
    if (status !== 200) throw new Error(`no token: ${status}`)
    return JSON.parse(body.toString()).access_token
  }
  const timed = async (headers: Readonly<Record<string, string>>): Promise<number> => {
    const before = performance.now()
    const { status } = await client.send(WHOAMI, { method: 'GET', headers })
    if (status !== 200) throw new Error(`refused: ${status}`)
    return performance.now() - before
  }

  const token = await grant()
  const [withKey, withProof]: [number[], number[]] = [[], []]
  // Turn and turn about, so that what else the machine does falls on both; the proof is made before the clock starts.
  for (const until = performance.now() + seconds * 1_000; performance.now() < until; ) {
    withKey.push(await timed({ authorization: `Bearer ${apiKey.token}` }))
    withProof.push(await timed({ authorization: `DPoP ${token}`, dpop: await prove('GET', WHOAMI, token) }))
  }
  let grants = 0
  const startedMs = performance.now()
  const work = async (): Promise<void> => {
    while (performance.now() - startedMs < seconds * 1_000) {
      await grant()
      grants++
    }
  }
  await Promise.all(Array.from({ length: inFlight }, work))
  const grantsPerSecond = grants / ((performance.now() - startedMs) / 1_000)
  const [keyP50Ms, proofP50Ms] = [quantile(withKey, 0.5), quantile(withProof, 0.5)]
  return {
    grantsPerSecond,
    apiKeyP50Ms: keyP50Ms,
    proofP50Ms,
    addedP50Ms: proofP50Ms - keyP50Ms,
    addedP99Ms: quantile(withProof, 0.99) - quantile(withKey, 0.99),
    requestsOfEach: withKey.length,
  }
}

async function makeSigner(): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  return { jwk, kid: await calculateJwkThumbprint(jwk), key: privateKey }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
