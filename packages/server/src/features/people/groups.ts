import { createHash } from 'node:crypto'
import type { GroupMapping } from '@breakwater/contract'
import { AppError } from '@breakwater/kernel'
import type { Actor } from '../../platform/audit/change.ts'
import type { Caller } from '../../platform/http/env.ts'
import type { IdentityProvider, IdentityProviderService } from '../identity-providers/index.ts'
import type { EntitlementSource, RecertificationService } from '../recertification/index.ts'
import type { PersonStore } from './store.ts'

export interface GroupDeps {
  readonly people: Pick<PersonStore, 'listGroups' | 'readGroups'>
  readonly identityProviders: Pick<IdentityProviderService, 'get' | 'list' | 'put'>
  readonly endSessions: (actor: Actor, principal: string) => Promise<void>
}

const MAX_SUBJECT_CHARS = 200

/** A mapping of a provider's group, as campaigns name it. */
function nameMapping(provider: string, group: string): string {
  const name = `${provider}/${group}`
  if (name.length <= MAX_SUBJECT_CHARS) return name
  return `${provider}/sha256:${createHash('sha256').update(group).digest('hex')}`
}

/** A provider's mappings without those that nobody confirmed in a recertification (45 CFR 164.308(a)(4)(ii)(C)). */
export function confirmMappings(
  { id, groups }: Pick<IdentityProvider, 'groups' | 'id'>,
  taken: readonly string[],
): readonly GroupMapping[] {
  return groups.filter(({ group }) => !taken.includes(nameMapping(id, group)))
}

/** What groups of identity providers give: asked about as a whole, since a person in a group is the directory's to review. */
export function createGroupSource({ people, identityProviders, endSessions }: GroupDeps): EntitlementSource {
  return {
    kind: 'group',
    async list(tenant) {
      const providers = (await identityProviders.list(tenant)).filter(({ isDisabled }) => !isDisabled)
      const mappings = providers.flatMap(({ id, groups }) =>
        groups.map((mapping) => ({ ...mapping, subject: nameMapping(id, mapping.group) })),
      )
      return [...Map.groupBy(mappings, ({ subject }) => subject)].map(([subject, all]) => ({
        subject,
        roles: [...new Set(all.flatMap(({ roles }) => roles))],
        purposes: [...new Set(all.flatMap(({ purposes }) => purposes))],
      }))
    },

    async revoke(actor, subject) {
      const [id = ''] = subject.split('/')
      const found = (await identityProviders.list(actor.tenant)).find((provider) => provider.id === id)
      if (!found) return
      const { id: _id, version: _version, isDisabled, ...input } = found
      // Before the mapping goes: with it goes what says who held it.
      const holders = await people.listGroups(actor.tenant, id)
      const groups = input.groups.filter(({ group }) => nameMapping(id, group) !== subject)
      if (!isDisabled && groups.length < input.groups.length) {
        await identityProviders.put(actor, id, { ...input, groups })
      }
      // The item counts as carried out from here on, so who came by the mapping must log in again, whenever that was.
      for (const person of holders) {
        if (isHeld(id, person.groups, subject)) await endSessions(actor, person.principal)
      }
    },
  }
}

/**
 * Ends what a mapping gave from the second on in which a campaign took it away: whoever came by it logs in again, with
 * what the others give. Throws `auth.session-expired`, `database.unavailable`.
 */
export async function requireConfirmedGroups(
  { tenant, id }: Caller,
  { listTaken }: Pick<RecertificationService, 'listTaken'>,
  people: Pick<PersonStore, 'readGroups'>,
): Promise<void> {
  const taken = await listTaken(tenant, 'group')
  if (taken.length === 0) return
  const held = await people.readGroups(tenant, id)
  if (!held || !taken.some((subject) => isHeld(held.identityProvider, held.groups, subject))) return
  throw new AppError('auth.session-expired', {
    message: 'what this session was given by a group is gone: log in again',
  })
}

/** Groups that nobody wrote down may be any. */
function isHeld(provider: string, groups: readonly string[] | null, subject: string): boolean {
  if (groups === null) return subject.startsWith(`${provider}/`)
  return groups.some((group) => nameMapping(provider, group) === subject)
}
