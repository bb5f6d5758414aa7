import { expect, test } from 'vitest'
import { isOpenToOthers } from './index.ts'

test.for([
  ['of its owner alone', 0o100600, 1000, 1000, false],
  ['of its owner alone, to read', 0o100400, 1000, 1000, false],
  ['a credential of systemd', 0o100440, 0, 0, false],
  ['root’s, which its group may write', 0o100660, 0, 0, true],
  ['root’s, which its group may read and root write', 0o100640, 0, 0, true],
  ['root’s, which everybody may read', 0o100444, 0, 0, true],
  ['root’s with another group', 0o100440, 0, 1000, true],
  ['of another account with a group', 0o100440, 1000, 1000, true],
  ['of another account with root’s group', 0o100440, 1000, 0, true],
  ['everybody’s', 0o100644, 1000, 1000, true],
] as const)('a secret file %s: mode %o, owner %i, group %i', ([, mode, uid, gid, isOpen]) => {
  expect(isOpenToOthers({ mode, uid, gid })).toBe(isOpen)
})
