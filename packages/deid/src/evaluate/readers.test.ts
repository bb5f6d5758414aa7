import { AppError } from '@breakwater/kernel'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RawSpan } from './gold.ts'
import { mapLabels } from './map-labels.ts'
import { LABEL_MAPS } from './mappings.ts'
import type { OffsetUnit } from './offsets.ts'
import { readBrat } from './read-brat.ts'
import { readI2b2 } from './read-i2b2.ts'
import { readGoldLine } from './read-jsonl.ts'

const surfaces = (text: string, spans: readonly RawSpan[]): string[] =>
  spans.map(({ label, parts }) => `${label} ${parts.map(({ start, end }) => text.slice(start, end)).join('|')}`)
const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`
  }
  return 'nothing thrown'
}
const countIn: Readonly<Record<OffsetUnit, (text: string) => number>> = {
  'code-points': (text) => Array.from(text).length,
  'utf-16': (text) => text.length,
  bytes: (text) => Buffer.byteLength(text),
}

describe('BRAT', () => {
  test('reads text-bound annotations, discontinuous ones in parts, and nothing else', () => {
    const text = 'Seen by Ana and Berta Ruiz on 3 May.\n'
    const ann = [
      'T1\tNAME 8 11;22 26\tAna Ruiz',
      'T2\tNAME 16 26\tBerta Ruiz',
      'R1\tSame Arg1:T1 Arg2:T2',
      '#1\tAnnotatorNotes T1\tunsure',
      'T3\tDATE 30 35\t3 May',
      '',
    ].join('\n')
    expect(surfaces(text, readBrat(text, ann))).toEqual(['NAME Ana|Ruiz', 'NAME Berta Ruiz', 'DATE 3 May'])
  })

  test('finds out what the offsets count: characters, UTF-16 units or bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', 'é', '\u4e2d', '😀', 'e\u0301') }),
        fc.constantFrom<OffsetUnit>('code-points', 'utf-16', 'bytes'),
        fc.constantFrom('Ana Ruiz', 'Peña', '李娜', 'Zoë 😀 Q'),
        (before, unit, name) => {
          const text = `${before} ${name}, again: ${name}.`
          const places = [`${before} `, `${before} ${name}, again: `].map((head) => countIn[unit](head))
          const ann = places
            .map((start, i) => `T${i}\tNAME ${start} ${start + countIn[unit](name)}\t${name}`)
            .join('\n')
          expect(surfaces(text, readBrat(text, ann))).toEqual([`NAME ${name}`, `NAME ${name}`])
        },
      ),
    )
  })

  test('refuses offsets that show other words than the annotator saw, without the words', () => {
    const refusal = codeOf(() => readBrat('Dear Ana Ruiz', 'T1\tNAME 4 12\tAna Ruiz'))
    expect(refusal).toBe('body.invalid: offsets do not show the annotated text, in characters, UTF-16 units or bytes')
    expect(codeOf(() => readBrat('😀 Ana', 'T1\tNAME 2 5\tAna', 'utf-16'))).toContain('in utf-16')
  })

  test('refuses a malformed line by its number', () => {
    expect(codeOf(() => readBrat('Ana', 'T1\tNAME 0 3\tAna\nT2\tNAME 3 3\tSECRET'))).toBe(
      'body.invalid: annotation line 2: not a text-bound annotation',
    )
  })
})

describe('XML of the i2b2 shape', () => {
  const wrap = (text: string, tags: string): string =>
    `<?xml version="1.0" encoding="UTF-8" ?>\n<deId>\n<TEXT><![CDATA[${text}]]></TEXT>\n<TAGS>\n${tags}\n</TAGS>\n</deId>\n`

  test('reads TEXT and TAGS: the TYPE is the label, offsets count characters', () => {
    const note = '\n\nSeen 😀 by Dr. Okoye at 5 < 6 & more.\n'
    const { text, spans } = readI2b2(
      wrap(note, '<NAME id="P0" start="16" end="21" text="Okoye" TYPE="DOCTOR" comment="" />'),
    )
    expect(text).toBe(note)
    expect(surfaces(text, spans)).toEqual(['DOCTOR Okoye'])
  })

  test('a note that is split over CDATA sections and entities is one text', () => {
    const xml = '<r><TEXT>a &amp; <![CDATA[b ]]]><![CDATA[]> Ana]]></TEXT><TAGS><NAME start="10" end="13" /></TAGS></r>'
    const { text, spans } = readI2b2(xml)
    expect(text).toBe('a & b ]]> Ana')
    expect(surfaces(text, spans)).toEqual(['NAME Ana'])
  })

  test('line ends count once, as an XML parser gives them', () => {
    const { text, spans } = readI2b2(wrap('one\r\ntwo Ana', '<NAME start="8" end="11" text="Ana" TYPE="PATIENT" />'))
    expect(surfaces(text, spans)).toEqual(['PATIENT Ana'])
  })

  test.for([
    ['broken XML', '<r><TEXT>SECRET</r>', 'not well-formed XML'],
    [
      'a document type',
      '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><TEXT>&x;</TEXT></r>',
      'a document type',
    ],
    ['no text', '<r><TAGS></TAGS></r>', 'no TEXT element'],
    ['a span without an end', wrap('SECRET', '<NAME start="0" />'), 'tag 1: start and end'],
  ] as const)('refuses %s and quotes nothing', ([, xml, rule]) => {
    const refusal = codeOf(() => readI2b2(xml))
    expect(refusal).toContain(`body.invalid: ${rule}`)
    expect(refusal).not.toContain('SECRET')
  })
})

describe('JSON lines', () => {
  test('reads our own corpus and the gold of others alike', () => {
    const own = readGoldLine(
      '{"id":1,"kind":"letter","template":"t","text":"Dear Ana","spans":[{"start":5,"end":8,"class":"NAME","role":"relative","group":"es"}]}',
    )
    expect(own).toMatchObject({ id: '1', kind: 'letter', spans: [{ label: 'NAME', role: 'relative', group: 'es' }] })
    const other = readGoldLine(
      '{"id":"q","text":"Dear Ana","spans":[{"start":5,"end":8,"label":"PERSON","text":"Ana"}],"hard_negative":false}',
    )
    expect(surfaces(other.text, other.spans)).toEqual(['PERSON Ana'])
  })

  test('offsets that Python counted are put right where the spans say their text', () => {
    const line = JSON.stringify({ id: 1, text: '😀😀 Ana', spans: [{ start: 3, end: 6, label: 'NAME', text: 'Ana' }] })
    const { text, spans } = readGoldLine(line)
    expect(surfaces(text, spans)).toEqual(['NAME Ana'])
  })

  test.for([
    ['{"id":1,"text":"SECRET","entities":[]}', 'body.invalid: spans must be a list'],
    ['{"id":1,"text":"SECRET","spans":[{"start":0,"end":99,"class":"NAME"}]}', 'body.invalid: offsets do not show'],
    ['{"id":1,"text":"SECRET","spans":[{"start":2,"end":2,"class":"NAME"}]}', 'body.invalid: span 1: start and end'],
    ['{"id":1,"text":"SECRET","spans":[{"start":0,"end":2}]}', 'body.invalid: span 1: label or class'],
    ['{"id":1,"text":7}', 'body.invalid: text must be a string'],
    ['SECRET', 'body.invalid-json: not JSON'],
  ] as const)('refuses %s', ([line, rule]) => {
    expect(codeOf(() => readGoldLine(line))).toContain(rule)
  })
})

describe('label maps', () => {
  const read = (label: string, surface: string, map: keyof typeof LABEL_MAPS) =>
    mapLabels(
      { id: '1', text: surface, spans: [{ label, parts: [{ start: 0, end: surface.length }] }] },
      LABEL_MAPS[map],
    ).spans[0]?.class

  test.for([
    ['AGE', '64', 'presidio', undefined],
    ['AGE', '93', 'presidio', 'AGE'],
    ['EDAD_SUJETO_ASISTENCIA', '46 años', 'meddocan', undefined],
    ['EDAD_SUJETO_ASISTENCIA', 'noventa y dos años', 'meddocan', 'AGE'],
    ['GPE', 'Uruguay', 'presidio', undefined],
    ['GPE', 'Texas', 'presidio', undefined],
    ['GPE', 'Springfield', 'presidio', 'CITY'],
    ['DATE_TIME', '1987', 'presidio', undefined],
    ['DATE_TIME', 'May 1987', 'presidio', 'DATE'],
    ['ORGANIZATION', 'Acme', 'presidio', undefined],
    ['STATE', 'Ohio', 'i2b2', undefined],
    ['STATE', 'Ohio', 'own', undefined],
    ['MEDICALRECORD', '12345', 'i2b2', 'MRN'],
  ] as const)('%s %s of %s counts as %s', ([label, surface, map, expected]) => {
    expect(read(label, surface, map)).toBe(expected)
  })

  test('an unknown label is refused, not left out of the count', () => {
    expect(codeOf(() => read('SECRET', 'x', 'own'))).toBe('body.invalid: span 1: its label is not in the map')
  })
})
