import type { RouteTable } from './route.ts'
import { ACCESS_ROUTES } from './routes/access.ts'
import { API_ROUTES } from './routes/api.ts'
import { AGREEMENT_ROUTES } from './routes/agreements.ts'
import { DEVICE_ROUTES } from './routes/devices.ts'
import { EXCEPTION_ROUTES } from './routes/exceptions.ts'
import { FREEZE_ROUTES } from './routes/freeze.ts'
import { KEPT_ROUTES } from './routes/kept.ts'
import { KEY_ROUTES } from './routes/keys.ts'
import { LEDGER_ROUTES } from './routes/ledger.ts'
import { LEGAL_BASIS_ROUTES } from './routes/legal-bases.ts'
import { LINE_BATCH_ROUTES } from './routes/line-batches.ts'
import { LIMIT_ROUTES } from './routes/limits.ts'
import { MINIMUM_ROUTES } from './routes/minimum.ts'
import { PEOPLE_ROUTES } from './routes/people.ts'
import { PERMISSION_ROUTES } from './routes/permissions.ts'
import { POLICY_ROUTES } from './routes/policy.ts'
import { PRINCIPAL_ROUTES } from './routes/principals.ts'
import { PROVIDER_ROUTES } from './routes/providers.ts'
import { RECERTIFICATION_ROUTES } from './routes/recertification.ts'
import { SCIM_ROUTES } from './routes/scim.ts'
import { SERVICE_ROUTES } from './routes/services.ts'
import { VENDOR_ROUTES } from './routes/vendors.ts'

/** The API of administration, `/api/v1/*`: JSON in and out, RFC 9457 problems. */
export const ROUTES = {
  ...API_ROUTES,
  ...PEOPLE_ROUTES,
  ...DEVICE_ROUTES,
  ...PERMISSION_ROUTES,
  ...PRINCIPAL_ROUTES,
  ...PROVIDER_ROUTES,
  ...AGREEMENT_ROUTES,
  ...KEPT_ROUTES,
  ...KEY_ROUTES,
  ...LEDGER_ROUTES,
  ...LEGAL_BASIS_ROUTES,
  ...LIMIT_ROUTES,
  ...LINE_BATCH_ROUTES,
  ...MINIMUM_ROUTES,
  ...POLICY_ROUTES,
  ...ACCESS_ROUTES,
  ...EXCEPTION_ROUTES,
  ...RECERTIFICATION_ROUTES,
  ...FREEZE_ROUTES,
  ...SCIM_ROUTES,
  ...SERVICE_ROUTES,
  ...VENDOR_ROUTES,
} as const satisfies RouteTable

export type RouteName = keyof typeof ROUTES
