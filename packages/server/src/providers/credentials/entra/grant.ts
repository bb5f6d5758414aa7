import { AppError } from '@breakwater/kernel'

/** A token, and for how long it is good. */
export interface Granted {
  readonly token: string
  readonly lifetimeSeconds: number
}

export type Grant = () => Promise<Granted>

/** A refusal that names what failed, and nothing of any credential. */
export function refuse(message: string, cause?: unknown): AppError {
  return new AppError('provider.credentials-refused', { message, cause })
}
