import { describe, expect } from 'vitest'
import { test } from '../../testing/database.ts'
import {
  addUser,
  ask,
  beginSession,
  createHospital,
  patch,
  personOf,
  resourceSchema,
  SELF,
  WHOAMI,
} from '../../testing/directory.ts'

describe('groups of a directory', () => {
  test('give roles by mapping alone, and take them at once (AC-04)', async ({ db }) => {
    const { app, send } = await createHospital(db)
    const ada = await addUser(send, 'ada', { roles: [{ value: 'administrator' }] })
    const bob = await addUser(send, 'bob')
    const rolesOf = async (subject: string) => (await personOf(app, subject)).roles
    expect(await rolesOf('ada')).toEqual([])
    const made = await send('POST', 'Groups', { displayName: 'g-doctors', members: [{ value: ada }] })
    const { id } = resourceSchema.parse(made.body)
    expect([made.status, await rolesOf('ada'), await rolesOf('bob')]).toEqual([201, ['clinician'], []])
    await send('PATCH', `Groups/${id}`, patch({ op: 'Add', path: 'members', value: [{ value: bob }] }))
    expect(await rolesOf('bob')).toEqual(['clinician'])
    const byFilter = { op: 'remove', path: `members[value eq "${ada}"]` }
    await send('PATCH', `Groups/${id}`, patch(byFilter))
    expect([await rolesOf('ada'), await rolesOf('bob')]).toEqual([[], ['clinician']])
    await send('PATCH', `Groups/${id}`, patch({ op: 'Remove', path: 'members', value: [{ value: bob }] }))
    expect(await rolesOf('bob')).toEqual([])
    await send('PUT', `Groups/${id}`, { displayName: 'g-doctors', members: [{ value: ada }] })
    await send('POST', 'Groups', { displayName: 'g-keys', members: [{ value: ada }] })
    expect(await rolesOf('ada')).toEqual([])
    expect((await send('GET', `Groups/${id}?excludedAttributes=members`)).body).not.toHaveProperty('members')
    expect((await send('DELETE', `Groups/${id}`)).status).toBe(204)
    expect(await rolesOf('ada')).toEqual(['key-administrator'])
    const unknown = { displayName: 'g-x', members: [{ value: '00000000-0000-4000-8000-000000000000' }] }
    expect((await send('POST', 'Groups', unknown)).status).toBe(400)
  })

  test('and log-ins write down which groups gave the roles, so that another mapping counts at once (AC-04, AC-10)', async ({
    db,
  }) => {
    const { app, send } = await createHospital(db)
    const [ada, bob] = [await addUser(send, 'ada'), await addUser(send, 'bob')]
    await send('POST', 'Groups', { displayName: 'g-doctors', members: [{ value: ada }, { value: bob }] })
    await send('POST', 'Groups', { displayName: 'g-billing', members: [{ value: ada }] })
    const rolesOf = async (subject: string) => (await personOf(app, subject)).roles
    const { principal } = await personOf(app, 'ada')
    const seen = await beginSession(app, principal)
    const whoami = async (): Promise<unknown> =>
      (await app.request(WHOAMI, { headers: { authorization: `Bearer ${seen}` } })).json()
    const {
      id: _id,
      version: _version,
      isDisabled: _disabled,
      ...input
    } = await app.services.identityProviders.get('default', 'hospital')
    const map = async (groups: typeof input.groups) =>
      app.services.identityProviders.put(SELF, 'hospital', { ...input, groups })
    const [doctors, ...others] = input.groups
    if (!doctors) throw new Error('no mapping')
    // Another role for a group that is mapped.
    await map([{ ...doctors, roles: ['data-scientist'], purposes: [] }, ...others])
    expect([await rolesOf('ada'), await rolesOf('bob')]).toEqual([['data-scientist'], ['data-scientist']])
    expect(await whoami()).toMatchObject({ roles: ['data-scientist'], mayRestore: true })
    // A group that was not mapped: the directory alone knows who is in it.
    const billing = {
      group: 'g-billing',
      roles: ['billing-specialist' as const],
      purposes: ['HPAYMT' as const],
      mayRestore: false,
    }
    await map([doctors, ...others, billing])
    expect([await rolesOf('ada'), await rolesOf('bob')]).toEqual([['billing-specialist', 'clinician'], ['clinician']])
    // One that is taken away.
    await map([...others, billing])
    expect([await rolesOf('ada'), await rolesOf('bob')]).toEqual([['billing-specialist'], []])
    expect(await whoami()).toMatchObject({ roles: ['billing-specialist'], mayRestore: false })
    // What a campaign takes away ends the sessions of whom SCIM put there.
    const put = (await app.readLedger()).filter(
      ({ entry }) => entry.kind === 'principal.put' && entry.codes?.includes('mapping'),
    )
    expect(put).toHaveLength(6)
    const { recertification } = app.services.access
    const dueAt = new Date(app.clock.now().getTime() + 600_000)
    await recertification.start({ tenant: 'default', id: 'sue' }, { scope: ['group'], reviewers: ['ben'], dueAt })
    expect(await ask(app, seen)).toBe(200)
    app.clock.set(dueAt.toISOString())
    expect(await ask(app, seen)).toBe(401)
    await recertification.sweep('default')
    expect([await ask(app, seen), await rolesOf('ada')]).toEqual([401, []])
  })
})
