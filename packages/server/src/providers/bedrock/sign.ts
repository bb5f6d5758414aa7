import { createHash, createHmac } from 'node:crypto'
import type { Hash, Hmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Clock } from '@breakwater/kernel'

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface SignerOptions {
  readonly service: 'bedrock' | 'bedrock-mantle'
  readonly region: string
  readonly credentials: () => Promise<AwsCredentials>
  readonly clock: Clock
}

/** What is signed: the bytes that are sent, for the host that they are sent to. */
interface Signable {
  /** With its port, where it is not the scheme's own. */
  readonly host: string
  /** As it goes out; the signature covers it encoded once more, as every service but S3 wants it. */
  readonly path: string
  readonly body: string | Uint8Array
}

/** Headers of AWS Signature Version 4 over content type, host, date and the body's hash. Throws what `credentials` throws. */
export function createSigner({ service, region, credentials, clock }: SignerOptions) {
  return async ({ host, path, body }: Signable): Promise<Record<string, string>> => {
    const signer = new SignatureV4({ service, region, credentials: await credentials(), sha256: Sha256 })
    const { headers } = await signer.sign(
      {
        method: 'POST',
        protocol: 'https:',
        hostname: host,
        path,
        headers: { 'content-type': 'application/json', host },
        body,
      },
      { signingDate: clock.now() },
    )
    // The connection names the host itself.
    const { host: _host, ...sent } = headers
    return sent
  }
}

type Data = string | ArrayBuffer | ArrayBufferView

/** SHA-256 and HMAC-SHA-256 of the platform, in the shape that the signer wants. */
class Sha256 {
  private readonly create: () => Hash | Hmac
  private hash: Hash | Hmac

  constructor(secret?: Data) {
    this.create = () => (secret === undefined ? createHash('sha256') : createHmac('sha256', toBytes(secret)))
    this.hash = this.create()
  }

  update(data: Data): void {
    this.hash.update(toBytes(data))
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest()
  }

  reset(): void {
    this.hash = this.create()
  }
}

function toBytes(data: Data): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8')
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}
