import type { RequestListener } from 'node:http'
import { toFields } from '../providers/shared/answer.ts'
import { readBody, send, startFront } from './front.ts'
import type { Answer, Front } from './front.ts'

/** The administrator's calls, and what moto answers. */
export type CallMoto = (operation: string, input: Readonly<Record<string, unknown>>) => Promise<Answer>

const JSON_TYPE = 'application/x-amz-json-1.1'

export function createMotoCaller(origin: string): CallMoto {
  return async (operation, input) => {
    const headers = {
      'content-type': JSON_TYPE,
      'x-amz-target': `TrentService.${operation}`,
      // moto reads the region out of the scope and checks no signature.
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=0',
    }
    const response = await fetch(origin, { method: 'POST', headers, body: JSON.stringify(input) })
    return { status: response.status, headers: { 'content-type': JSON_TYPE }, body: await response.text() }
  }
}

export interface MotoFront extends Front {
  /** The day of a scheduled deletion has come: no call finds the key any more. */
  endDeletionWindow(arn: string): void
}

/**
 * moto 5.2 behind a front that adds what AWS documents and moto leaves out: a disabled key or one that waits for its
 * deletion refuses to work, a deleted one is not found, and a ciphertext of nowhere is an invalid one (moto answers that
 * access is denied).
 */
export async function startMotoFront(origin: string): Promise<MotoFront> {
  const gone = new Set<unknown>()
  const callMoto = createMotoCaller(origin)
  const listener: RequestListener = (request, response) => {
    const answer = async (): Promise<Answer> => {
      const operation = String(request.headers['x-amz-target']).replace('TrentService.', '')
      const input = toFields(JSON.parse((await readBody(request)).toString('utf8')))
      if (gone.has(input['KeyId'])) return awsError('NotFoundException')
      if (operation === 'DescribeKey') return callMoto(operation, input)
      const refusal = refuseState((await callMoto('DescribeKey', { KeyId: input['KeyId'] })).body)
      if (refusal) return refusal
      const given = await callMoto(operation, input)
      return /AccessDenied/.test(given.body) ? awsError('InvalidCiphertextException') : given
    }
    void answer().then(
      (given) => send(response, given),
      () => response.destroy(),
    )
  }
  const front = await startFront({
    listener,
    answers: {
      denied: awsError('AccessDeniedException'),
      garbage: {
        status: 200,
        headers: { 'content-type': JSON_TYPE },
        body: '{"Plaintext":"AAAA","KeyId":"elsewhere"}',
      },
      throttled: awsError('ThrottlingException'),
    },
  })
  return { ...front, endDeletionWindow: (arn) => void gone.add(arn) }
}

function refuseState(description: string): Answer | undefined {
  const state = toFields(toFields(JSON.parse(description))['KeyMetadata'])['KeyState']
  if (state === 'Disabled') return awsError('DisabledException')
  return state === 'PendingDeletion' ? awsError('KMSInvalidStateException') : undefined
}

export function awsError(type: string): Answer {
  return { status: 400, headers: { 'content-type': JSON_TYPE }, body: JSON.stringify({ __type: type, message: 'no' }) }
}
