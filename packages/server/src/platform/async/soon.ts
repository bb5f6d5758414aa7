/** A value, or the promise of one where something had to be waited for. What goes wrong rejects, never throws at once. */
export type Soon<Value> = Value | Promise<Value>

/**
 * Goes on with a value as soon as it is there: most are, and a promise for each costs a request more than the checks that
 * they are for.
 */
export function whenThere<Value, Next>(value: Soon<Value>, goOn: (value: Value) => Soon<Next>): Soon<Next> {
  if (value instanceof Promise) return value.then(goOn)
  try {
    return goOn(value)
  } catch (thrown) {
    return reject(thrown)
  }
}

/** What is thrown, as a promise's: callers hear of it in one way. */
async function reject(thrown: unknown): Promise<never> {
  throw thrown
}
