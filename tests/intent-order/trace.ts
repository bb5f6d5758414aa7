/** What a trace of system calls shows about one crossing, in the order in which it happened. */
export type TraceEvent = 'append sent' | 'WAL synced' | 'forwarded'

/** The calls that `readTrace` looks at, for strace's `-e trace=`. */
export const TRACED_CALLS = 'fsync,fdatasync,connect,write,writev,sendto,sendmsg'

const LINE = /^(\d+) +[\d.]+ (.*)$/
const UNFINISHED = / <unfinished \.\.\.>$/
const RESUMED = /^<\.\.\. \w+ resumed>(.*)$/

/**
 * Reads what `strace -f -ttt -yy` wrote about the server and its PostgreSQL. An append counts from when the statement
 * leaves the server; a sync when it has returned, and only if it began after the append; a forward from when the
 * connection to the model server is asked for, or used.
 */
export function readTrace(text: string, upstreamPort: number): readonly TraceEvent[] {
  const events: TraceEvent[] = []
  const pending = new Map<string, { readonly call: string; readonly appends: number }>()
  let appends = 0
  const finish = (call: string, appendsBefore: number): void => {
    if (isWalSync(call) && appendsBefore === appends) events.push('WAL synced')
  }
  for (const line of text.split('\n')) {
    const [, pid, call] = LINE.exec(line) ?? []
    if (pid === undefined || call === undefined) continue
    const rest = RESUMED.exec(call)?.[1]
    const begun = pending.get(pid)
    if (rest !== undefined) {
      if (begun) finish(begun.call + rest, begun.appends)
      pending.delete(pid)
      continue
    }
    if (isIntentAppend(call)) {
      appends += 1
      events.push('append sent')
    }
    if (isForward(call, upstreamPort)) events.push('forwarded')
    if (UNFINISHED.test(call)) pending.set(pid, { call: call.replace(UNFINISHED, ''), appends })
    else finish(call, appends)
  }
  return events
}

/**
 * Whether the crossing was forwarded with its intent on disk, as counts. Expects the trace of one crossing: of
 * two, the intent of the first that came late would pass for the second's.
 */
export function countForwards(events: readonly TraceEvent[]): { readonly durable: number; readonly early: number } {
  // Connecting and writing are one forward.
  const forward = events.indexOf('forwarded')
  if (forward < 0) return { durable: 0, early: 0 }
  const append = events.indexOf('append sent')
  const sync = events.indexOf('WAL synced', append)
  const isDurable = append >= 0 && sync >= 0 && sync < forward
  return isDurable ? { durable: 1, early: 0 } : { durable: 0, early: 1 }
}

function isIntentAppend(call: string): boolean {
  return (
    /^(write|writev|sendto|sendmsg)\(/.test(call) && call.includes('ledger_append') && call.includes('crossing.intent')
  )
}

function isWalSync(call: string): boolean {
  return /^(fsync|fdatasync)\(\d+<[^>]*\/pg_wal\/[^>]*>\) += 0/.test(call)
}

function isForward(call: string, port: number): boolean {
  if (call.startsWith('connect(')) return call.includes(`htons(${port})`)
  return (
    /^(write|writev|sendto|sendmsg)\(/.test(call) && new RegExp(`^\\w+\\(\\d+<TCP[^>]*->[^>]*:${port}\\]`).test(call)
  )
}
