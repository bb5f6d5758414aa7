import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { patchSchema, patchUser } from './patch.ts'

const value = fc.boolean()
/** One statement about `active`, in a way that some directory says it. */
const statement = value.chain((isActive) =>
  fc.constantFrom(
    ...[isActive, isActive ? 'True' : 'False', isActive ? 'true' : 'false'].flatMap((said) => [
      { isActive, operation: { op: 'replace', path: 'active', value: said } },
      { isActive, operation: { op: 'Add', path: 'ACTIVE', value: said } },
      { isActive, operation: { op: 'Replace', value: { active: said, displayName: 'x' } } },
      { isActive, operation: { op: 'replace', path: 'active', value: [{ value: said }] } },
      { isActive, operation: { op: 'replace', value: { 'urn:ietf:params:scim:schemas:core:2.0:User:active': said } } },
    ]),
  ),
)
const noise = fc.constantFrom(
  { op: 'replace', path: 'name.givenName', value: 'Ada' },
  { op: 'Add', path: 'emails[type eq "work"].value', value: 'ada@hospital.example' },
  { op: 'remove', path: 'phoneNumbers[type eq "work"]' },
  { op: 'replace', path: 'userName', value: 'ada' },
  { op: 'replace', value: { nickName: 'active', title: false } },
  { op: 'replace', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department', value: 'ward 3' },
)

describe('a PATCH of a user', () => {
  test('of any sequence leaves active as the last statement says (AC-15)', () => {
    const step = fc.oneof(
      statement,
      noise.map((operation) => ({ operation, isActive: undefined })),
    )
    fc.assert(
      fc.property(fc.boolean(), fc.array(step, { minLength: 1, maxLength: 30 }), (isActive, steps) => {
        const { Operations } = patchSchema.parse({ schemas: [], Operations: steps.map(({ operation }) => operation) })
        const after = patchUser({ userName: 'x', externalId: undefined, isActive }, Operations)
        const last = steps.findLast((each) => each.isActive !== undefined)
        expect(after.isActive).toBe(last?.isActive ?? isActive)
      }),
      { numRuns: 2_000 },
    )
  })
})
