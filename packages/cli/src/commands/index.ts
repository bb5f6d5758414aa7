import type { Command } from '../command.ts'
import { accessCommands } from './access.ts'
import { actorIssuerCommands } from './actor-issuer.ts'
import { adminCommands } from './admin.ts'
import { agreementCommands } from './agreement.ts'
import { auditCommands } from './audit.ts'
import { breakGlassCommands } from './break-glass.ts'
import { calibrate } from './calibrate/command.ts'
import { connectCommands } from './connect.ts'
import { basisCommands } from './basis.ts'
import { deid } from './deid/command.ts'
import { detect } from './detect.ts'
import { drift } from './drift/command.ts'
import { evaluate } from './evaluate/command.ts'
import { exceptionCommands } from './exception.ts'
import { freezeCommands } from './freeze.ts'
import { identityProviderCommands } from './identity-provider.ts'
import { keptCommands } from './kept.ts'
import { limitCommands } from './limit.ts'
import { loginCommands } from './login.ts'
import { minimumCommands } from './minimum.ts'
import { policyCommands } from './policy.ts'
import { keyCommands } from './key.ts'
import { keyReleaseCommands } from './key-release.ts'
import { doctor } from './doctor.ts'
import { providerCommands } from './provider.ts'
import { recertificationCommands } from './recertification.ts'
import { review } from './review/command.ts'
import { scimCommands } from './scim.ts'
import { serverCommands } from './server.ts'
import { serviceCommands } from './service.ts'
import { tokenCommands } from './token.ts'
import { vendorCommands } from './vendors.ts'

/** Every command, in the order of the help page. */
export const COMMANDS: readonly Command[] = [
  ...serverCommands,
  doctor,
  ...adminCommands,
  ...loginCommands,
  detect,
  deid,
  evaluate,
  calibrate,
  drift,
  review,
  ...auditCommands,
  ...keyCommands,
  ...keyReleaseCommands,
  ...providerCommands,
  ...agreementCommands,
  ...vendorCommands,
  ...basisCommands,
  ...keptCommands,
  ...limitCommands,
  ...minimumCommands,
  ...policyCommands,
  ...tokenCommands,
  ...identityProviderCommands,
  ...scimCommands,
  ...serviceCommands,
  ...actorIssuerCommands,
  ...connectCommands,
  ...accessCommands,
  ...breakGlassCommands,
  ...exceptionCommands,
  ...recertificationCommands,
  ...freezeCommands,
]
