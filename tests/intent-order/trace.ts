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
 * How many crossings were forwarded with their intent on disk, and how many not: each forward uses up one append that
 * was followed by a sync. Expects requests that are sent one at a time.
 */
export function countForwards(events: readonly TraceEvent[]): { readonly durable: number; readonly early: number } {
  let [durable, early, isSent, isSynced, isForwarded] = [0, 0, false, false, false]
  for (const event of events) {
    if (event === 'append sent') [isSent, isSynced, isForwarded] = [true, false, false]
    if (event === 'WAL synced') isSynced = isSent
    // Connecting and writing are one forward.
    if (event === 'forwarded' && !isForwarded) {
      if (isSynced) durable += 1
      else early += 1
      isForwarded = true
    }
  }
  return { durable, early }
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
