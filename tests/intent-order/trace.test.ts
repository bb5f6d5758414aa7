import { describe, expect, test } from 'vitest'
import { countForwards, readTrace } from './trace.ts'
import type { TraceEvent } from './trace.ts'

const PORT = 18080
const append = String.raw`100 1.1 write(21<UNIX-STREAM:[5->6]>, "P\0select ledger_append($1)..{\"crossing.intent\"}", 400) = 400`
const sync = '200 1.2 fdatasync(7</home/cluster/pg_wal/000000010000000000000001>) = 0'
const connect = `100 1.3 connect(23<TCP:[900]>, {sa_family=AF_INET, sin_port=htons(${PORT}), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EINPROGRESS (Operation now in progress)`
const write = `100 1.4 write(23<TCP:[127.0.0.1:5000->127.0.0.1:${PORT}]>, "POST /v1/chat/completions"..., 900) = 900`
const begun = '200 1.0 fdatasync(7</home/cluster/pg_wal/000000010000000000000001> <unfinished ...>'
const resumed = '200 1.5 <... fdatasync resumed>) = 0'

const read = (...lines: readonly string[]): readonly TraceEvent[] => readTrace(lines.join('\n'), PORT)

describe('readTrace', () => {
  test('sees the append, the sync, the connection and the first bytes', () => {
    expect(read(append, sync, connect, write)).toEqual(['append sent', 'WAL synced', 'forwarded', 'forwarded'])
  })
  test('counts a sync from when it returns', () => {
    expect(read(append, begun, connect, resumed)).toEqual(['append sent', 'forwarded', 'WAL synced'])
  })
  test('takes no sync that began before the append', () => {
    expect(read(begun, append, resumed, connect)).toEqual(['append sent', 'forwarded'])
  })
  test('takes no sync that failed, or of another file', () => {
    const failed = sync.replace('= 0', '= -1 EIO (Input/output error)')
    expect(read(failed, sync.replace('pg_wal', 'base'))).toEqual([])
  })
  test('leaves other connections, statements and entries out', () => {
    const others = [connect, write].map((line) => line.replaceAll(String(PORT), '5432'))
    expect(read(append.replace('intent', 'outcome'), ...others)).toEqual([])
  })
})

describe('countForwards', () => {
  const cases: Record<string, [TraceEvent[], { durable: number; early: number }]> = {
    'in order': [['append sent', 'WAL synced', 'forwarded', 'forwarded'], { durable: 1, early: 0 }],
    'never forwarded': [['append sent', 'WAL synced'], { durable: 0, early: 0 }],
    'before the sync': [['append sent', 'forwarded', 'WAL synced'], { durable: 0, early: 1 }],
    'before the append': [['forwarded', 'append sent', 'WAL synced'], { durable: 0, early: 1 }],
    "with another entry's sync": [['WAL synced', 'forwarded', 'append sent'], { durable: 0, early: 1 }],
  }
  test.each(Object.entries(cases))('%s', (_name, [events, expected]) => {
    expect(countForwards(events)).toEqual(expected)
  })
})
