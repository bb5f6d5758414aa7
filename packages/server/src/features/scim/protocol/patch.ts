import { AppError } from '@breakwater/kernel'
import { z } from 'zod'
import type { GroupState, UserState } from '../types.ts'

const MAX_OPERATIONS = 100
const MAX_MEMBERS = 10_000

/** RFC 7644 section 3.5.2. Entra writes `Add`, Okta `add`. */
export const patchSchema = z.object({
  schemas: z.array(z.string().max(256)).max(20),
  Operations: z
    .array(
      z.object({
        op: z
          .string()
          .max(16)
          .transform((op) => op.toLowerCase())
          .pipe(z.enum(['add', 'replace', 'remove'])),
        path: z.string().max(512).optional(),
        value: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(MAX_OPERATIONS),
})
export type Operation = z.infer<typeof patchSchema>['Operations'][number]

// attribute, [filter], .sub-attribute, behind an optional URN (RFC 7644 section 3.5.2, `PATH`).
const PATH = /^(?:urn:[\w.:-]{1,200}:)?([A-Za-z][\w$-]{0,63})(?:\[([^\]]{1,400})\])?(?:\.[A-Za-z][\w$-]{0,63})?$/
const MEMBER_FILTER = /^value eq "([^"\\]{1,64})"$/i

/** `"False"` is what Entra sends by its older rules. */
export const activeSchema = z.union([
  z.boolean(),
  z
    .string()
    .max(5)
    .regex(/^(?:true|false)$/i)
    .transform((text) => text.toLowerCase() === 'true'),
])
const text = z.string().min(1).max(255)
const membersSchema = z.array(z.object({ value: z.uuid() })).max(MAX_MEMBERS)

interface Assignment {
  readonly op: Operation['op']
  /** Lower case: attribute names know no case (RFC 7643 section 2.1). */
  readonly attribute: string
  readonly filter: string | undefined
  readonly value: unknown
}

/** One operation is as many assignments as its value has members, when it has no path. */
function toAssignments({ op, path, value }: Operation): readonly Assignment[] {
  if (path !== undefined) return [{ op, ...parsePath(path), value }]
  if (op === 'remove') throw new AppError('scim.invalid-path', { message: 'remove needs a path', field: '/Operations' })
  const members = z.record(z.string().max(512), z.unknown()).safeParse(value)
  if (!members.success) throw invalid('/Operations/value')
  return Object.entries(members.data).map(([name, each]) => ({ op, ...parsePath(name), value: each }))
}

function parsePath(path: string): { attribute: string; filter: string | undefined } {
  const [, attribute, filter] = PATH.exec(path) ?? []
  if (attribute === undefined) {
    throw new AppError('scim.invalid-path', { message: 'a path is attribute, [filter] and .sub-attribute' })
  }
  return { attribute: attribute.toLowerCase(), filter }
}

/** The user after the operations, in their order. What is not kept here is taken note of and passed over. */
export function patchUser(state: UserState, operations: readonly Operation[]): UserState {
  return operations.flatMap(toAssignments).reduce((user, { op, attribute, value }) => {
    const isRemoved = op === 'remove'
    if (attribute === 'active')
      return { ...user, isActive: isRemoved ? refuse('/active') : read(activeSchema, value, '/active') }
    if (attribute === 'username') {
      return { ...user, userName: isRemoved ? refuse('/userName') : read(text, value, '/userName') }
    }
    if (attribute === 'externalid') {
      return { ...user, externalId: isRemoved ? undefined : read(text, value, '/externalId') }
    }
    return user
  }, state)
}

export function patchGroup(state: GroupState, operations: readonly Operation[]): GroupState {
  return operations.flatMap(toAssignments).reduce((group, assignment) => {
    const { op, attribute, value } = assignment
    if (attribute === 'members') return { ...group, members: patchMembers(group.members, assignment) }
    if (attribute === 'displayname') {
      return { ...group, displayName: op === 'remove' ? refuse('/displayName') : read(text, value, '/displayName') }
    }
    if (attribute === 'externalid') {
      return { ...group, externalId: op === 'remove' ? undefined : read(text, value, '/externalId') }
    }
    return group
  }, state)
}

function patchMembers(members: readonly string[], { op, filter, value }: Assignment): readonly string[] {
  const named = filter === undefined ? undefined : MEMBER_FILTER.exec(filter)?.[1]
  if (filter !== undefined && (named === undefined || op !== 'remove')) {
    throw new AppError('scim.invalid-path', { message: 'members are chosen by value eq "id", to remove them' })
  }
  if (op === 'remove') {
    if (named !== undefined) return members.filter((id) => id !== named)
    if (value === undefined) return []
    const gone = new Set(readMembers(value))
    return members.filter((id) => !gone.has(id))
  }
  const given = readMembers(value)
  return op === 'replace' ? given : [...new Set([...members, ...given])]
}

export function readMembers(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value : [value]
  return [...new Set(read(membersSchema, list, '/members').map((member) => member.value))]
}

/** Okta wraps single values, older Entra too: `[{"value": "False"}]`. */
function read<Output>(schema: z.ZodType<Output>, value: unknown, field: string): Output {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const wrapped = z
    .array(z.looseObject({ value: z.unknown() }))
    .length(1)
    .safeParse(value)
  const inner = wrapped.success ? schema.safeParse(wrapped.data[0]?.value) : parsed
  if (inner.success) return inner.data
  throw invalid(field)
}

function refuse(field: string): never {
  throw new AppError('body.invalid', { message: `${field} cannot be removed`, field })
}

function invalid(field: string): AppError {
  return new AppError('body.invalid', { message: `invalid input at ${field}`, field })
}
