import { referToPatient } from '../../platform/patients/refer.ts'
import type { Stage } from '../chain.ts'
import type { Minimised, Masked } from '../context.ts'
import { nameSet, planFor } from '../detection/planner.ts'
import { maskBody } from '../mask/mask-body.ts'
import { hasForms, NO_FORMS, readAnswerForms } from '../structured/check.ts'
import { relaxBody } from '../structured/schemas.ts'
import { createTokenMaker } from '../tokens/scope.ts'
import { createTokenMap } from '../tokens/token-map.ts'

/** Every string leaf of the body without its identifiers. The map of its tokens lives as long as this request. */
export const mask: Stage<Minimised, Masked> = async (context, { engine, keyring, clock }) => {
  const { principal, conversation, patient, body, restorable } = context
  const { tenant, id } = principal
  const scope = { tenant, principal: id, conversation, patient, opening: body.opening }
  const maker = createTokenMaker(keyring, scope, clock.now())
  const forms = body.isJsonContent || body.toolNames.size > 0 ? readAnswerForms(body.text) : NO_FORMS
  const map = createTokenMap(maker, restorable)
  const { text, counts, outgoing } = await maskBody(planFor(engine, context), map, body.text, body.leaves)
  // A model that is held to a schema could not say a token where the schema wants a date.
  const maskedBody = counts.size > 0 && hasForms(forms) ? relaxBody(text) : text
  const patients = patient === undefined ? [] : [referToPatient(keyring, tenant, patient)]
  return {
    ...context,
    maskedBody,
    outgoing: maskedBody === body.text ? outgoing : undefined,
    forms,
    maskCounts: counts,
    map,
    keyVersion: maker.keyVersion,
    detection: nameSet(engine),
    patients,
  }
}
