import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSession } from '../session/session.ts'
import mark from '../ui/mark.svg'
import { Banners } from './banners.tsx'
import { NAVIGATION } from './navigation.ts'

/** What surrounds every page: where one can go, who one is, and what everybody must know now. */
export function Shell({ children }: { readonly children: ReactNode }): React.JSX.Element {
  const { person, permits, nameOf, logOut } = useSession()
  return (
    <>
      <a className="bw-skip" href="#main">
        Skip to the page
      </a>
      <header className="bw-top">
        <Link to="/" className="bw-brand">
          <img src={mark} alt="" />
          Breakwater
        </Link>
        <nav className="bw-nav" aria-label="Pages">
          {NAVIGATION.filter(({ actions }) => actions === undefined || actions.some(permits)).map(({ to, label }) => (
            <Link key={to} to={to} activeOptions={{ exact: to === '/' }}>
              {label}
            </Link>
          ))}
        </nav>
        <div className="bw-who">
          <span title={`${person.id}: ${person.roles.join(', ')}`}>{nameOf(person.id)}</span>
          <Button size="compact-sm" variant="default" onClick={logOut}>
            Log out
          </Button>
        </div>
      </header>
      <main className="bw-main" id="main">
        <Banners />
        {children}
      </main>
    </>
  )
}
