import { ROUTES, scimTokenInputSchema } from '@breakwater/contract'
import type { ScimTokenRecord } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import { readBody } from '../../platform/http/body.ts'
import { readCaller, readUuid } from '../../platform/http/caller.ts'
import { readCredentials } from '../../platform/http/credentials.ts'
import type { ServerEnv } from '../../platform/http/env.ts'
import {
  GROUP_SCHEMA,
  LIST_SCHEMA,
  RESOURCE_TYPES,
  SCHEMAS,
  SERVICE_PROVIDER_CONFIG,
  USER_SCHEMA,
} from './protocol/discovery.ts'
import { answerScimError, SCIM_TYPE } from './protocol/errors.ts'
import { parseQuery } from './protocol/filter.ts'
import { activeSchema, patchGroup, patchSchema, patchUser, readMembers } from './protocol/patch.ts'
import type { Directory, Page, Provisioner, ScimGroup, ScimToken, ScimTokenService, ScimUser } from './types.ts'

export interface ScimRouteDeps {
  readonly directory: Directory
  readonly scimTokens: ScimTokenService
  readonly publicUrl: () => string
}

type Json = Readonly<Record<string, unknown>>
type Answer = (by: Provisioner, c: Context<ServerEnv>) => Promise<{ readonly status?: 201; readonly body?: Json }>

// A group of a thousand people weighs 60 kB.
const MAX_BODY_BYTES = 1_048_576
const text = z.string().min(1).max(255)
const userSchema = z.looseObject({ userName: text, externalId: text.nullish(), active: activeSchema.nullish() })
const groupSchema = z.looseObject({ displayName: text, externalId: text.nullish(), members: z.unknown() })
const USER_FILTERS = { id: 'id', username: 'userName', externalid: 'externalId' }
const GROUP_FILTERS = {
  id: 'id',
  displayname: 'displayName',
  externalid: 'externalId',
  members: 'member',
  'members.value': 'member',
}

/** RFC 7644. Each request shows the directory's own bearer first. */
export function scimRoutes({ directory, scimTokens, publicUrl }: ScimRouteDeps): Hono<ServerEnv> {
  const handle =
    (answer: Answer) =>
    async (c: Context<ServerEnv>): Promise<Response> => {
      try {
        const by = await scimTokens.authenticate(readCredentials(c))
        const { status, body } = await answer(by, c)
        c.header('cache-control', 'no-store')
        if (body === undefined) return c.body(null, 204)
        return c.body(JSON.stringify(body), { status: status ?? 200, headers: { 'content-type': SCIM_TYPE } })
      } catch (thrown) {
        return answerScimError(thrown, c)
      }
    }
  const locate = (path: string): string => new URL(`/scim/v2/${path}`, publicUrl()).href
  const user = (from: ScimUser): Json => toUser(from, locate(`Users/${from.id}`))
  const group = (from: ScimGroup, c: Context<ServerEnv>): Json => {
    const { members, ...rest } = toGroup(from, locate(`Groups/${from.id}`))
    return leavesOutMembers(c) ? rest : { ...rest, members }
  }

  return new Hono<ServerEnv>()
    .get(ROUTES.listScimTokens.path, async (c) => {
      return c.json({ tokens: (await scimTokens.list(readCaller(c).tenant)).map(toTokenRecord) })
    })
    .post(ROUTES.issueScimToken.path, async (c) => {
      const { token, ...issued } = await scimTokens.issue(readCaller(c), await readBody(c, scimTokenInputSchema))
      c.header('cache-control', 'no-store')
      return c.json({ ...toTokenRecord(issued), token })
    })
    .post(ROUTES.revokeScimToken.path, async (c) => {
      await scimTokens.revoke(readCaller(c), readUuid(c))
      return c.body(null, 204)
    })
    .get(
      '/scim/v2/ServiceProviderConfig',
      handle(async () => ({ body: SERVICE_PROVIDER_CONFIG })),
    )
    .get(
      '/scim/v2/ResourceTypes',
      handle(async () => ({ body: toList({ total: 2, items: RESOURCE_TYPES }) })),
    )
    .get(
      '/scim/v2/ResourceTypes/:id',
      handle(async (_by, c) => ({ body: findById(RESOURCE_TYPES, c) })),
    )
    .get(
      '/scim/v2/Schemas',
      handle(async () => ({ body: toList({ total: 2, items: SCHEMAS }) })),
    )
    .get(
      '/scim/v2/Schemas/:id',
      handle(async (_by, c) => ({ body: findById(SCHEMAS, c) })),
    )
    .get(
      '/scim/v2/Users',
      handle(async (by, c) => {
        const query = parseQuery(c.req.query(), USER_FILTERS)
        const page = await directory.listUsers(by, query)
        return { body: toList({ ...page, items: page.items.map(user) }, query.startIndex) }
      }),
    )
    .post(
      '/scim/v2/Users',
      handle(async (by, c) => {
        const { userName, externalId, active } = await readBody(c, userSchema, MAX_BODY_BYTES)
        const state = { userName, externalId: externalId ?? undefined, isActive: active ?? true }
        const made = await directory.createUser(by, state)
        c.header('location', locate(`Users/${made.id}`))
        return { status: 201, body: user(made) }
      }),
    )
    .get(
      '/scim/v2/Users/:id',
      handle(async (by, c) => ({ body: user(await directory.getUser(by, readUuid(c))) })),
    )
    .put(
      '/scim/v2/Users/:id',
      handle(async (by, c) => {
        const { userName, externalId, active } = await readBody(c, userSchema, MAX_BODY_BYTES)
        // What is left out stays: a directory that does not say whether somebody works here has not said so.
        const changed = await directory.changeUser(by, readUuid(c), (state) => ({
          userName,
          externalId: externalId ?? state.externalId,
          isActive: active ?? state.isActive,
        }))
        return { body: user(changed) }
      }),
    )
    .patch(
      '/scim/v2/Users/:id',
      handle(async (by, c) => {
        const { Operations } = await readBody(c, patchSchema, MAX_BODY_BYTES)
        return { body: user(await directory.changeUser(by, readUuid(c), (state) => patchUser(state, Operations))) }
      }),
    )
    .delete(
      '/scim/v2/Users/:id',
      handle(async (by, c) => {
        await directory.deleteUser(by, readUuid(c))
        return {}
      }),
    )
    .get(
      '/scim/v2/Groups',
      handle(async (by, c) => {
        const query = parseQuery(c.req.query(), GROUP_FILTERS)
        const page = await directory.listGroups(by, query)
        return { body: toList({ ...page, items: page.items.map((item) => group(item, c)) }, query.startIndex) }
      }),
    )
    .post(
      '/scim/v2/Groups',
      handle(async (by, c) => {
        const made = await directory.createGroup(by, readGroup(await readBody(c, groupSchema, MAX_BODY_BYTES)))
        c.header('location', locate(`Groups/${made.id}`))
        return { status: 201, body: group(made, c) }
      }),
    )
    .get(
      '/scim/v2/Groups/:id',
      handle(async (by, c) => ({ body: group(await directory.getGroup(by, readUuid(c)), c) })),
    )
    .put(
      '/scim/v2/Groups/:id',
      handle(async (by, c) => {
        const state = readGroup(await readBody(c, groupSchema, MAX_BODY_BYTES))
        return { body: group(await directory.changeGroup(by, readUuid(c), () => state), c) }
      }),
    )
    .patch(
      '/scim/v2/Groups/:id',
      handle(async (by, c) => {
        const { Operations } = await readBody(c, patchSchema, MAX_BODY_BYTES)
        const changed = await directory.changeGroup(by, readUuid(c), (state) => patchGroup(state, Operations))
        return { body: group(changed, c) }
      }),
    )
    .delete(
      '/scim/v2/Groups/:id',
      handle(async (by, c) => {
        await directory.deleteGroup(by, readUuid(c))
        return {}
      }),
    )
}

function readGroup({ displayName, externalId, members }: z.infer<typeof groupSchema>) {
  const ids = members === undefined || members === null ? [] : readMembers(members)
  return { displayName, externalId: externalId ?? undefined, members: ids }
}

function toUser({ id, userName, externalId, isActive, ...about }: ScimUser, location: string): Json {
  return {
    schemas: [USER_SCHEMA],
    id,
    userName,
    ...optional(externalId),
    active: isActive,
    meta: toMeta('User', about, location),
  }
}

function toGroup({ id, displayName, externalId, members, ...about }: ScimGroup, location: string): Json {
  const listed = members.map((value) => ({ value }))
  const meta = toMeta('Group', about, location)
  return { schemas: [GROUP_SCHEMA], id, displayName, ...optional(externalId), members: listed, meta }
}

function toMeta(
  resourceType: string,
  { createdAt, changedAt, version }: Pick<ScimUser, 'createdAt' | 'changedAt' | 'version'>,
  location: string,
): Json {
  return {
    resourceType,
    created: createdAt.toISOString(),
    lastModified: changedAt.toISOString(),
    version: `W/"${version}"`,
    location,
  }
}

function optional(externalId: string | undefined): Json {
  return externalId === undefined ? {} : { externalId }
}

function toList({ total, items }: Page<Json>, startIndex = 1): Json {
  return { schemas: [LIST_SCHEMA], totalResults: total, startIndex, itemsPerPage: items.length, Resources: items }
}

function findById<Item extends { readonly id: string }>(items: readonly Item[], c: Context<ServerEnv>): Item {
  const found = items.find(({ id }) => id === c.req.param('id'))
  if (!found) throw new AppError('resource.unknown', { message: 'no such document' })
  return found
}

function leavesOutMembers(c: Context<ServerEnv>): boolean {
  return (c.req.query('excludedAttributes') ?? '').split(',').some((name) => name.trim().toLowerCase() === 'members')
}

function toTokenRecord({ createdAt, expiresAt, ...token }: ScimToken): ScimTokenRecord {
  return { ...token, ranges: [...token.ranges], createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() }
}
