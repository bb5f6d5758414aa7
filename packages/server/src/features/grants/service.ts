import { randomUUID } from 'node:crypto'
import { findDutiesConflict } from '@breakwater/contract'
import type { Clock } from '@breakwater/kernel'
import { AppError } from '@breakwater/kernel'
import type { Soon } from '../../platform/async/soon.ts'
import { whenThere } from '../../platform/async/soon.ts'
import type { Change, RecordChange } from '../../platform/audit/change.ts'
import { PROGRAM } from '../../platform/audit/change.ts'
import { createSnapshotCache } from '../../platform/cache/snapshot.ts'
import type { Caller } from '../../platform/http/env.ts'
import { requireSecondPerson } from '../../platform/http/second-person.ts'
import type { ExceptionService, RiskException } from '../exceptions/index.ts'
import type { Justifications, Kept } from '../justifications/index.ts'
import { addGrants, isCurrent } from './enrich.ts'
import { findMaxSeconds, MAX_AHEAD_SECONDS, WAIT_SECONDS } from './limits.ts'
import type { GrantStore } from './store.ts'
import type { AccessRequest, AccessWish, Grant, GrantService, KeptRequest, Subject } from './types.ts'

export interface GrantDeps {
  readonly store: GrantStore
  readonly clock: Clock
  readonly recordChange: RecordChange
  readonly justifications: Justifications
  readonly exceptions: Pick<ExceptionService, 'addIn' | 'isInForceById' | 'refresh'>
  /** Undefined when nobody of the tenant has that id. */
  readonly findSubject: (tenant: string, id: string) => Promise<Subject | undefined>
  /** False from the second on that a recertification took it away. */
  readonly isConfirmed: (tenant: string, grant: string) => Soon<boolean>
}

/** What was asked for, without why. */
type Asked = Omit<AccessRequest, 'justification'>

export function createGrantService(deps: GrantDeps): GrantService {
  const { store, clock, recordChange, justifications, exceptions, findSubject, isConfirmed } = deps
  const snapshots = createSnapshotCache({
    load: async (tenant) => Map.groupBy(await store.listOpen(tenant), ({ principal }) => principal),
  })

  async function isInForce(grant: Grant, now: Date): Promise<boolean> {
    if (!isCurrent(grant, now)) return false
    if (grant.exception !== undefined && !(await exceptions.isInForceById(grant.tenant, grant.exception))) return false
    return isConfirmed(grant.tenant, grant.id)
  }

  async function addInForce(caller: Caller, held: readonly Grant[]): Promise<Caller> {
    const now = clock.now()
    const inForce = await Promise.all(held.map(async (grant) => isInForce(grant, now)))
    const grants = held.filter((_, index) => inForce[index])
    return grants.length === 0 ? caller : addGrants(caller, grants)
  }

  async function requireWaiting(tenant: string, id: string): Promise<KeptRequest> {
    const request = await store.findRequest(tenant, id)
    if (!request) throw new AppError('resource.unknown', { message: 'no such access request' })
    if (request.answer !== undefined || request.lapsesAt <= clock.now()) throw answered()
    return request
  }

  /** The same words lie in another row, so they are sealed anew. */
  async function sealException(request: KeptRequest, approvedBy: string, at: Date): Promise<Kept<RiskException>> {
    const exception = makeException(request, approvedBy, at)
    const text = await justifications.open('access_requests', request)
    return { ...exception, justification: await justifications.seal('exceptions', exception, text) }
  }

  return {
    enrich: (caller) =>
      whenThere(snapshots.get(caller.tenant), (open) => {
        const held = open.get(caller.id)
        return held ? addInForce(caller, held) : caller
      }),

    async request(caller, wish) {
      const requestedAt = clock.now()
      checkTerm(wish, requestedAt)
      await justifications.check(wish.justification)
      const { beneficiary = caller.id, ...wanted } = wish
      const subject = await findSubject(caller.tenant, beneficiary)
      const isOneself = beneficiary === caller.id
      if (subject?.isDisabled || (!subject && !isOneself)) {
        throw new AppError('resource.unknown', { message: 'nobody active has this id', field: '/beneficiary' })
      }
      requireDutiesApart([...(subject?.roles ?? []), ...(isOneself ? caller.roles : []), ...wish.roles])
      const request: AccessRequest = {
        ...wanted,
        tenant: caller.tenant,
        id: randomUUID(),
        beneficiary,
        requestedBy: caller.id,
        requestedAt,
        lapsesAt: new Date(requestedAt.getTime() + WAIT_SECONDS[wish.kind] * 1_000),
      }
      const justification = await justifications.seal('access_requests', request, request.justification)
      await store.addRequest({ ...request, justification }, async (trx) =>
        recordChange(trx, describeRequest(caller, 'access.requested', request)),
      )
      return request
    },

    async approve(caller, id) {
      const request = await requireWaiting(caller.tenant, id)
      requireSecondPerson(caller, [request.requestedBy, request.beneficiary])
      const subject = await findSubject(caller.tenant, request.beneficiary)
      if (subject?.isDisabled) throw new AppError('resource.conflict', { message: 'the beneficiary is disabled' })
      const at = clock.now()
      const exception = request.kind === 'exception' ? await sealException(request, caller.id, at) : undefined
      const grant = makeGrant(request, caller.id, at, exception?.id)
      const isDone = await store.approve(caller.tenant, id, {
        by: caller.id,
        at,
        grant,
        verify: (open) =>
          requireDutiesApart([
            ...(subject?.roles ?? []),
            ...open.filter(({ validUntil }) => at < validUntil).flatMap(({ roles }) => roles),
            ...grant.roles,
          ]),
        prepare: async (trx) => (exception ? exceptions.addIn(trx, exception) : undefined),
        record: async (trx) => {
          await recordChange(trx, describeRequest(caller, 'access.approved', request))
          if (exception) await recordChange(trx, describeException(caller, exception))
          await recordChange(trx, describeGrant(caller, 'grant.given', grant, [request.reason]))
        },
      })
      if (!isDone) throw answered()
      snapshots.drop(caller.tenant)
      exceptions.refresh(caller.tenant)
      return grant
    },

    async deny(caller, id) {
      const request = await requireWaiting(caller.tenant, id)
      requireSecondPerson(caller, [request.requestedBy, request.beneficiary])
      const answer = { answer: 'denied', by: caller.id, at: clock.now() } as const
      const isDone = await store.answer(caller.tenant, id, answer, async (trx) =>
        recordChange(trx, describeRequest(caller, 'access.denied', request)),
      )
      if (!isDone) throw answered()
    },

    async withdraw(actor, id) {
      const request = await requireWaiting(actor.tenant, id)
      if (actor.id !== request.requestedBy && actor.id !== request.beneficiary) {
        throw new AppError('resource.unknown', { message: 'no such access request of yours' })
      }
      const answer = { answer: 'withdrawn', by: actor.id, at: clock.now() } as const
      const isDone = await store.answer(actor.tenant, id, answer, async (trx) =>
        recordChange(trx, describeRequest(actor, 'access.withdrawn', request)),
      )
      if (!isDone) throw answered()
    },

    listRequests: async (tenant) => justifications.openAll('access_requests', await store.listRequests(tenant)),
    listGrants: async (tenant) => store.listGrants(tenant),

    async listOpen(tenant) {
      const now = clock.now()
      return (await store.listOpen(tenant)).filter(({ validUntil }) => now < validUntil)
    },

    async end(actor, id, reason = 'revoked') {
      const ending = { reason, by: actor.id, at: clock.now() }
      const isDone = await store.end(actor.tenant, id, ending, async (trx, grant) =>
        recordChange(trx, describeGrant(actor, 'grant.ended', grant, [reason])),
      )
      if (!isDone) throw new AppError('resource.unknown', { message: 'no such grant that has not ended' })
      snapshots.drop(actor.tenant)
    },

    async endAllIn(trx, actor, principal) {
      const ending = { reason: 'revoked', by: actor.id, at: clock.now() } as const
      const ended = await store.endOfIn(trx, actor.tenant, principal, ending)
      return ended.map((grant) => describeGrant(actor, 'grant.ended', grant, ['revoked']))
    },

    refresh: (tenant) => snapshots.drop(tenant),

    async sweep(tenant) {
      const actor = { tenant, id: PROGRAM }
      const at = clock.now()
      const ended = await store.endExpired(tenant, { reason: 'expired', by: PROGRAM, at }, async (trx, grant) =>
        recordChange(trx, describeGrant(actor, 'grant.ended', grant, ['expired'])),
      )
      const lapsed = await store.lapse(tenant, { answer: 'lapsed', by: PROGRAM, at }, async (trx, request) =>
        recordChange(trx, describeRequest(actor, 'access.lapsed', request)),
      )
      return ended + lapsed
    },
  }
}

function checkTerm({ kind, roles, purposes, seconds, startsAt }: AccessWish, now: Date): void {
  const maxSeconds = findMaxSeconds(roles, purposes)
  if (kind === 'just-in-time' && seconds > maxSeconds) {
    throw new AppError('access.term-too-long', {
      message: `just in time, these roles and purposes are given for at most ${maxSeconds} seconds`,
      field: '/seconds',
    })
  }
  if (startsAt && startsAt.getTime() > now.getTime() + MAX_AHEAD_SECONDS * 1_000) {
    throw new AppError('body.invalid', { message: 'access is arranged at most 30 days ahead', field: '/startsAt' })
  }
}

function requireDutiesApart(roles: readonly string[]): void {
  const conflict = findDutiesConflict(roles)
  if (!conflict) return
  throw new AppError('access.duties-conflict', {
    message: `one principal must not be both ${conflict[0]} and ${conflict[1]}`,
    field: '/roles',
  })
}

function makeGrant(request: Asked, givenBy: string, givenAt: Date, exception: string | undefined): Grant {
  const { tenant, beneficiary: principal, roles, purposes, seconds, startsAt } = request
  const validFrom = startsAt && startsAt > givenAt ? startsAt : givenAt
  return {
    tenant,
    id: randomUUID(),
    request: request.id,
    ...(exception !== undefined && { exception }),
    principal,
    roles,
    purposes,
    validFrom,
    validUntil: new Date(validFrom.getTime() + seconds * 1_000),
    givenBy,
    givenAt,
  }
}

/** The register's row of an approved request: it ends when the grant does, at the latest. */
function makeException(request: Asked, approvedBy: string, approvedAt: Date): Omit<RiskException, 'justification'> {
  const { tenant, beneficiary, requestedBy, requestedAt, seconds, startsAt } = request
  const from = startsAt && startsAt > approvedAt ? startsAt : approvedAt
  return {
    tenant,
    id: randomUUID(),
    kind: 'access',
    subject: beneficiary,
    owner: requestedBy,
    proposedBy: requestedBy,
    proposedAt: requestedAt,
    expiresAt: new Date(from.getTime() + seconds * 1_000),
    approvedBy,
    approvedAt,
  }
}

function describeRequest(actor: Change['actor'], kind: Change['kind'], request: Asked): Change {
  const features = [`request:${request.id}`, ...describeAccess(request)]
  const facts = { principal: request.beneficiary, features, codes: [request.reason, request.kind] }
  return { actor, kind, object: request.id, facts: { ...facts, counts: { seconds: request.seconds } } }
}

function describeGrant(actor: Change['actor'], kind: Change['kind'], grant: Grant, codes: readonly string[]): Change {
  const seconds = (grant.validUntil.getTime() - grant.validFrom.getTime()) / 1_000
  const features = [`grant:${grant.id}`, `request:${grant.request}`, ...describeAccess(grant)]
  return { actor, kind, object: grant.id, facts: { principal: grant.principal, features, codes, counts: { seconds } } }
}

function describeException(actor: Change['actor'], { id, owner, kind }: Omit<RiskException, 'justification'>): Change {
  const features = [`exception:${id}`, `kind:${kind}`]
  return { actor, kind: 'exception.approved', object: id, facts: { principal: owner, features } }
}

function describeAccess({ roles, purposes }: Pick<Grant, 'purposes' | 'roles'>): string[] {
  return [...roles.map((role) => `role:${role}`), ...purposes.map((code) => `purpose:${code.toLowerCase()}`)]
}

function answered(): AppError {
  return new AppError('resource.conflict', { message: 'the request has been answered, or waited too long' })
}
