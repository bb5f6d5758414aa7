const KEY = 'breakwater-return-to'

const HOME = '/console/'

/** Remembers the page for the way back from an identity provider, in this tab alone; the first page is where one comes anyway. */
export function rememberPage(): void {
  const { pathname, search, hash } = window.location
  if (pathname !== HOME) sessionStorage.setItem(KEY, `${pathname}${search}${hash}`)
}

/** The page that was remembered, once; a path of the console's own or nothing. */
export function takePage(): string | undefined {
  const page = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  return page?.startsWith(HOME) ? page : undefined
}
