const KEY = 'breakwater-return-to'

/** Remembers the page for the way back from an identity provider, in this tab alone. */
export function rememberPage(): void {
  sessionStorage.setItem(KEY, `${window.location.pathname}${window.location.search}`)
}

/** The page that was remembered, once; a path of the console's own or nothing. */
export function takePage(): string | undefined {
  const page = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  return page?.startsWith('/console/') && page !== '/console/' ? page : undefined
}
