import type { Keyring } from '@breakwater/kernel'
import type { Stage } from '../chain.ts'
import type { Agreed, Masked } from '../context.ts'
import { maskBody } from '../mask/mask-body.ts'
import { createTokenMaker } from '../tokens/scope.ts'
import { createTokenMap } from '../tokens/token-map.ts'

const PATIENT_REFERENCE_BYTES = 16

/** Every string leaf of the body without its identifiers. The map of its tokens lives as long as this request. */
export const mask: Stage<Agreed, Masked> = (context, { engine, keyring }) => {
  const { principal, conversation, patient, body } = context
  const { tenant, id } = principal
  const maker = createTokenMaker(keyring, { tenant, principal: id, conversation, patient, opening: body.opening })
  const map = createTokenMap(maker)
  const { text, counts } = maskBody(engine, map, body.text, body.leaves)
  const patients = patient === undefined ? [] : [referTo(keyring, tenant, patient)]
  return { ...context, maskedBody: text, maskCounts: counts, map, keyVersion: maker.keyVersion, patients }
}

/** A keyed reference to a patient: the same in each entry of a tenant, and no way back from it. */
function referTo(keyring: Keyring, tenant: string, patient: string): string {
  const mac = keyring.deriveMac('subjects', keyring.currentVersion('subjects'), tenant, ['patient'])
  return Buffer.from(mac(patient).subarray(0, PATIENT_REFERENCE_BYTES)).toString('hex')
}
