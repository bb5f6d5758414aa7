/** What must be undone, in reverse order of how it was done. */
export interface Closers {
  add(close: () => Promise<unknown>): void
  /** Runs all, each after the one before ended, also when one fails; then throws the first failure. Runs them once. */
  closeAll(): Promise<void>
}

export function createClosers(): Closers {
  const closers: (() => Promise<unknown>)[] = []
  return {
    add(close) {
      closers.push(close)
    },
    async closeAll() {
      const failures: unknown[] = []
      for (let close = closers.pop(); close; close = closers.pop()) {
        await close().catch((failure: unknown) => failures.push(failure))
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
