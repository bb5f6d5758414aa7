import type { Clock, Keyring, Log } from '@breakwater/kernel'
import { Hono } from 'hono'
import type { DeviceService } from './features/device-codes/index.ts'
import { createDeviceCodeStore, createDeviceService, deviceRoutes } from './features/device-codes/index.ts'
import type { SessionService } from './features/sessions/index.ts'
import type { RecordChange } from './platform/audit/change.ts'
import type { Db } from './platform/db/database.ts'
import type { ServerEnv } from './platform/http/env.ts'

export interface LifecycleDeps {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly keyring: Keyring
  readonly recordChange: RecordChange
  readonly sessions: SessionService
  readonly publicUrl: () => string
  readonly homeTenant: string
}

/** How a person's programs come in, and how people come and go. */
export interface LifecycleServices {
  readonly devices: DeviceService
}

export function createLifecycleServices({ db, ...deps }: LifecycleDeps): LifecycleServices {
  return { devices: createDeviceService({ ...deps, store: createDeviceCodeStore(db) }) }
}

export function lifecycleRoutes({ devices }: LifecycleServices): Hono<ServerEnv> {
  return new Hono<ServerEnv>().route('/', deviceRoutes(devices))
}
