import { describe, expect, test } from 'vitest'
import { createTestSigner } from '../testing.ts'
import { createNoteKey, formatSignature, formatVerifierKey, openNote, parseVerifierKey } from './note.ts'

// The example of Go's golang.org/x/mod/sumdb/note, and the key of the Go checksum database.
const NEUMANN = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const SUMDB = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8'
const TEXT = `If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n`
const SIGNATURE =
  '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'
const neumann = parseVerifierKey(NEUMANN)
const refusal = expect.objectContaining({ code: 'ledger.inconsistent' })

async function signAs(name: string, text: string): Promise<{ line: string; key: ReturnType<typeof createNoteKey> }> {
  const signer = createTestSigner(name)
  const key = createNoteKey(name, signer.publicKey)
  return { key, line: formatSignature(key, await signer.sign(Buffer.from(text))) }
}

describe('verifier keys', () => {
  test.for([[NEUMANN], [SUMDB]])('%s is read and written, though base64 may hold a plus', ([line]) => {
    expect(formatVerifierKey(parseVerifierKey(line ?? ''))).toBe(line)
  })

  test.for([
    ['', 'nothing'],
    [NEUMANN.replace('c74f20a3', 'c74f20a4'), 'another id'],
    [NEUMANN.replace('PeterNeumann', 'Peter Neumann'), 'a blank in the name'],
    [NEUMANN.replace('+ARpc', '+BRpc'), 'another type'],
    [NEUMANN.slice(0, -4), 'a short key'],
  ])('%s is refused: %s', ([line]) => {
    expect(() => parseVerifierKey(line ?? '')).toThrow(expect.objectContaining({ code: 'config.invalid' }))
  })
})

describe('openNote (c2sp.org/signed-note)', () => {
  test('opens the note that Go signed', () => {
    expect(openNote(Buffer.from(`${TEXT}\n${SIGNATURE}`), [neumann])).toEqual({
      text: TEXT,
      signedBy: ['PeterNeumann'],
    })
  })

  test('ignores unknown keys, sixteen and more of them', async () => {
    const lines = await Promise.all(Array.from({ length: 20 }, async (_, i) => (await signAs(`w${i}`, TEXT)).line))
    expect(openNote(Buffer.from(`${TEXT}\n${lines.join('')}${SIGNATURE}`), [neumann]).signedBy).toEqual([
      'PeterNeumann',
    ])
  })

  test('a wrong signature of a known key refuses the note, whoever else signed', async () => {
    const good = await signAs('good.example', TEXT)
    const bad = await signAs('bad.example', 'another text\n')
    const note = Buffer.from(`${TEXT}\n${good.line}${bad.line}`)
    expect(openNote(note, [good.key]).signedBy).toEqual(['good.example'])
    expect(() => openNote(note, [good.key, bad.key])).toThrow(refusal)
  })

  test.for([
    ['no signature', `${TEXT}\n`],
    ['no blank line', `${TEXT}${SIGNATURE}`],
    ['no last newline', `${TEXT}\n${SIGNATURE}`.slice(0, -1)],
    ['a hyphen for the dash', `${TEXT}\n${SIGNATURE.replace('\u2014', '-')}`],
    ['base64 in another form', `${TEXT}\n${SIGNATURE.replace('AM=', 'AN=')}`],
    ['an edited text', `${TEXT.replace('answer', 'Answer')}\n${SIGNATURE}`],
    ['a control character', `\u0000${TEXT}\n${SIGNATURE}`],
    ['unknown signers only', `${TEXT}\n${SIGNATURE.replace('PeterNeumann', 'Another')}`],
    ['nothing', ''],
  ])('refuses %s', ([, note]) => {
    expect(() => openNote(Buffer.from(note ?? ''), [neumann])).toThrow(refusal)
  })

  test('refuses what is not UTF-8, and what is very long', () => {
    expect(() => openNote(Buffer.from([0xff, 0x0a, 0x0a]), [neumann])).toThrow(refusal)
    expect(() => openNote(Buffer.alloc(1_000_001, 'a'), [neumann])).toThrow(refusal)
  })
})
