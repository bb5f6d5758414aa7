import type { Config } from '../config.ts'

/** The address that this installation is known by outside, without a path. */
export interface PublicAddress {
  /** As the settings say, or in development as this machine reaches it. */
  readonly read: () => string
  /** Which port was had, when none was asked for. */
  listensOn(port: number): void
}

export function createPublicAddress(config: Pick<Config, 'BREAKWATER_PUBLIC_URL' | 'BREAKWATER_PORT'>): PublicAddress {
  const stated = config.BREAKWATER_PUBLIC_URL
  let port = config.BREAKWATER_PORT
  return {
    read: () => (stated === undefined ? `https://localhost:${port}` : new URL(stated).origin),
    listensOn(chosen) {
      port = chosen
    },
  }
}
