import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createTextEngine } from './engine.ts'
import { deidentifyFileName } from './file-name.ts'
import { readKnownPatient } from './known/index.ts'

const engine = createTextEngine({ gazetteer: readFileSync(new URL('../data/gazetteer.bin', import.meta.url)) })

describe('names of files, folders and members of archives (DI-11)', () => {
  test.for([
    ['smith_john_19500101.dcm', 'document-000007.dcm'],
    ['export.zip/2023/Lopez-Maria/scan.nii.gz', 'export.zip/2023/document-000007/scan.nii.gz'],
    ['notes\\MariaLopez.txt', 'notes\\document-000007.txt'],
    ['note.maria lopez.txt', 'document-000007.txt'],
    ['MRN4417203.pdf', 'document-000007.pdf'],
    ['078-05-1120', 'document-000007'],
    ['jane.roe@example.org.eml', 'document-000007.eml'],
    ['note.lopez', 'document-000007'],
    ['scan_03-14-1975.png', 'document-000007.png'],
  ] as const)('%s goes out as %s', ([path, expected]) => {
    expect(deidentifyFileName(engine, path, 7)).toEqual({ path: expected, isChanged: true })
  })

  test.for([
    'note-1.txt',
    '../reports/discharge_summary.txt',
    'chest_xray.dcm',
    './a/b/c.nii.gz',
    '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    'part-12.ndjson',
  ])('%s stays', (path) => {
    expect(deidentifyFileName(engine, path, 7)).toEqual({ path, isChanged: false })
  })

  test('a known patient is known in names too', () => {
    const known = [readKnownPatient({ names: ['Faith Zzyrqa'] })]
    expect(deidentifyFileName(engine, 'zzyrqa/final.txt', 1, { known }).path).toBe('document-000001/final.txt')
  })
})
