export interface Once<T> {
  (): Promise<T>
  /** What was made, without making it. */
  ifMade(): Promise<T | undefined>
}

/** Makes a value at its first use and keeps it; a failure is not kept. */
export function once<T>(make: () => Promise<T>): Once<T> {
  let made: Promise<T> | undefined
  const get = async (): Promise<T> => {
    const making = (made ??= make())
    try {
      return await making
    } catch (error) {
      if (made === making) made = undefined
      throw error
    }
  }
  return Object.assign(get, { ifMade: async () => made?.catch(() => undefined) })
}
