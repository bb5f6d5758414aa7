import type { DeviceAuthorization, DeviceRequest, TokenAnswer } from '@breakwater/contract'
import type { Caller } from '../../platform/http/env.ts'
import type { Form } from '../../platform/http/form.ts'
import type { Client } from '../sessions/index.ts'

export interface DeviceService {
  /** A code to wait under. Throws `auth.grant-refused`, `auth.scope-refused`, `auth.rate-limited`. */
  start(form: Form, client: Client): Promise<DeviceAuthorization>
  /** Who asks under a user code. Throws `resource.unknown`, `auth.locked` after five wrong ones. */
  read(caller: Caller, userCode: string): Promise<DeviceRequest>
  /** Throws as `read`, and `resource.conflict` when it was answered or the caller has no session of a browser. */
  approve(caller: Caller, userCode: string): Promise<void>
  deny(caller: Caller, userCode: string): Promise<void>
  /**
   * The session of an approved code, once. Throws `auth.device-pending`, `auth.device-slow-down`, `auth.device-denied`,
   * `auth.device-expired`, `auth.grant-refused`.
   */
  redeem(form: Form, client: Client): Promise<TokenAnswer>
}
