import { deviceAuthorizationSchema, deviceCodeInputSchema, deviceFormSchema, deviceRequestSchema } from '../devices.ts'
import { tokenRefusalSchema } from '../oauth.ts'
import type { RouteTable } from '../route.ts'

export const DEVICE_ROUTES = {
  /** For a program without a browser (RFC 8628 section 3.1). */
  startDevice: {
    method: 'POST',
    path: '/oauth2/device',
    isPublic: true,
    form: deviceFormSchema,
    answer: deviceAuthorizationSchema,
    refusal: tokenRefusalSchema,
  },
  /** Whose code this is. In the body, so that no address keeps a code. */
  readDevice: { method: 'POST', path: '/api/v1/device', body: deviceCodeInputSchema, answer: deviceRequestSchema },
  /** From a browser's session only: a program's session does not beget another. */
  approveDevice: {
    method: 'POST',
    path: '/api/v1/device/approve',
    needsStepUp: true,
    body: deviceCodeInputSchema,
  },
  denyDevice: { method: 'POST', path: '/api/v1/device/deny', body: deviceCodeInputSchema },
} as const satisfies RouteTable
