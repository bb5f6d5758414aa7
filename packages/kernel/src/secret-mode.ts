const OTHERS = 0o077
const PERMISSIONS = 0o777
const CREDENTIAL = 0o440

/** What the file system says of a file: the part of `Stats` that says who may open it. */
export interface FileAccess {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/**
 * True when accounts besides the owner may open a file that holds a secret. A credential of systemd (LoadCredential=) is
 * no such file: it belongs to root and root's group with mode 0440, where the second 4 is the mask of an access list that
 * names the one account of the unit (acl(5)), and root may read it whatever the mode says.
 */
export function isOpenToOthers({ mode, uid, gid }: FileAccess): boolean {
  if ((mode & OTHERS) === 0) return false
  return !((mode & PERMISSIONS) === CREDENTIAL && uid === 0 && gid === 0)
}
