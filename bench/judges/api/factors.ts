import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEVICE_CLIENT, deviceAuthorizationSchema, totpEnrolmentSchema } from '@breakwater/contract'
import { computeTotp, createBrowser } from '@breakwater/server/testing'
import type { Holder, World } from './world.ts'

const STEP_MS = 30_000

/** Routes that take a code of time, each once: asked in runs of their own, at the beginning of a step. */
const TIMED: readonly (string | undefined)[] = ['finishTotpSignIn', 'finishTotpStepUp', 'finishTotpEnrolment']
/** Asked by somebody who has such a factor, and a passkey beside it. */
const OF_HOLDERS: readonly (string | undefined)[] = ['finishTotpStepUp', 'removeTotp']

export const isOfHolders = (route: string | undefined): boolean => OF_HOLDERS.includes(route)

/** The codes of this very step, for the one route of a run; nothing for other runs. `token` is of a one-use link. */
export async function prepareTotp(world: World, only: string | undefined, holder: Holder, token: string) {
  if (!TIMED.includes(only)) return {}
  const offered = await createBrowser(world.replica).call('POST', '/api/v1/enrol/totp/options', { token })
  const { challenge, secret } = totpEnrolmentSchema.parse(await offered.json())
  // Enrolment used the code of its step up.
  await sleep(STEP_MS - (Date.now() % STEP_MS))
  const now = new Date()
  const shown = { body: { password: holder.password, code: computeTotp(holder.secret, now) } }
  return {
    finishTotpSignIn: shown,
    finishTotpStepUp: shown,
    finishTotpEnrolment: { body: { token, challenge, code: computeTotp(secret, now) } },
  }
}

/** A code to read, one to approve and one to deny. */
export async function prepareDevices(world: World) {
  const start = async (): Promise<string> => {
    const answer = await world.replica.request(
      '/oauth2/device',
      {
        method: 'POST',
        body: new URLSearchParams({ client_id: DEVICE_CLIENT }),
        headers: { 'user-agent': 'Test/1.0' },
      },
      // Only ten may wait of one address.
      { incoming: { socket: { remoteAddress: `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}` } } },
    )
    return deviceAuthorizationSchema.parse(await answer.json()).user_code
  }
  const [read, approved, denied] = [await start(), await start(), await start()]
  return {
    startDevice: { body: { client_id: DEVICE_CLIENT } },
    readDevice: { body: { userCode: read } },
    approveDevice: { body: { userCode: approved } },
    denyDevice: { body: { userCode: denied } },
  }
}
