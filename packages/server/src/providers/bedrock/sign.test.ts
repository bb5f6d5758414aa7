import { findSignatureFault, fixedClock } from '@breakwater/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toModelPath } from './model-id.ts'
import { createSigner } from './sign.ts'
import type { SignerOptions } from './sign.ts'

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const clock = fixedClock('2025-01-02T03:04:05Z')
const signerFor = (service: SignerOptions['service'], sessionToken?: string) =>
  createSigner({
    service,
    region: 'us-east-1',
    clock,
    credentials: async () => ({ ...KEYS, ...(sessionToken !== undefined && { sessionToken }) }),
  })

describe('signatures of AWS, version 4 (GW-02)', () => {
  test("with a session's token, as the published answer has it", async () => {
    const headers = await signerFor(
      'bedrock-mantle',
      'fixture-session-token',
    )({
      host: 'bedrock-mantle.us-east-1.api.aws',
      path: '/openai/v1/responses',
      body: '{"model":"gpt-4o","input":"hello"}',
    })
    expect(headers).toEqual({
      'content-type': 'application/json',
      'x-amz-date': '20250102T030405Z',
      'x-amz-content-sha256': expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      'x-amz-security-token': 'fixture-session-token',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250102/us-east-1/bedrock-mantle/aws4_request, ' +
        'SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, ' +
        'Signature=dc20c8fbe516daf0ccae7e5b7a78fc2936870413a9f1af6e1b2d44b970ce411f',
    })
  })

  test('of a path with a model in it, which the canonical request encodes twice', async () => {
    const path = toModelPath('anthropic.claude-3-haiku-20240307-v1:0', 'converse')
    expect(path).toBe('/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse')
    const { authorization } = await signerFor('bedrock')({
      host: 'bedrock-runtime.us-east-1.amazonaws.com',
      path,
      body: '{"messages":[]}',
    })
    expect(authorization).toContain('SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date,')
    expect(authorization).toContain('Signature=2fb0f641e8276ceaec2f50d8dc997dbac2eba9ebbc5e760d5b6e6ba5697de0ed')
  })

  test('agree with a second implementation for every model, host and body, and for no other', async () => {
    const model = fc.constantFrom(
      'meta.llama3-70b-instruct-v1:0',
      'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0',
    )
    await fc.assert(
      fc.asyncProperty(model, fc.string({ unit: 'binary' }), fc.domain(), async (id, body, host) => {
        const path = toModelPath(id, 'converse-stream')
        const headers = { ...(await signerFor('bedrock')({ host, path, body })), host }
        const sent = { method: 'POST', path, headers, body: Buffer.from(body) }
        const expected = { region: 'us-east-1', service: 'bedrock' }
        expect(findSignatureFault(sent, KEYS, expected)).toBeUndefined()
        const changed = { ...sent, body: Buffer.from(`${body} `) }
        expect(findSignatureFault(changed, KEYS, expected)).toBe('InvalidSignatureException: body')
        const moved = { ...sent, path: path.replace('converse', 'invoke') }
        expect(findSignatureFault(moved, KEYS, expected)).toBe('InvalidSignatureException: signature')
      }),
    )
  })
})
