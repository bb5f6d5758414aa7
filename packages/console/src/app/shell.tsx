import { Button } from '@mantine/core'
import { Link, useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useEffect, useState } from 'react'
import { useSession } from '../session/session.ts'
import mark from '../ui/mark.svg'
import { Banners } from './banners.tsx'
import { NAVIGATION } from './navigation.ts'

/** What surrounds every page: where one can go, who one is, and what everybody must know now. */
export function Shell({ children }: { readonly children: ReactNode }): React.JSX.Element {
  const { person, nameOf, logOut } = useSession()
  const [isOpen, setOpen] = useState(false)
  const { pathname } = useLocation()
  // On a small screen the list covers the page: whoever has chosen wants to see that.
  useEffect(() => setOpen(false), [pathname])
  return (
    <>
      <a className="bw-skip" href="#main">
        Skip to the page
      </a>
      <header className="bw-top">
        <Button
          className="bw-menu"
          size="compact-sm"
          variant="default"
          aria-expanded={isOpen}
          aria-controls="pages"
          onClick={() => setOpen((was) => !was)}
        >
          Menu
        </Button>
        <Link to="/" className="bw-brand">
          <img src={mark} alt="" />
          Breakwater
        </Link>
        <div className="bw-who">
          <span title={`${person.id}: ${person.roles.join(', ')}`}>{nameOf(person.id)}</span>
          <Button size="compact-sm" variant="default" onClick={logOut}>
            Log out
          </Button>
        </div>
      </header>
      <div className="bw-frame">
        <Pages isOpen={isOpen} />
        <main className="bw-main" id="main">
          <Banners />
          {children}
        </main>
      </div>
    </>
  )
}

/** The pages that this person may see, in groups. */
function Pages({ isOpen }: { readonly isOpen: boolean }): React.JSX.Element {
  const { permits } = useSession()
  const groups = NAVIGATION.map(({ title, of: all }) => ({
    title,
    of: all.filter(({ actions }) => actions === undefined || actions.some(permits)),
  }))
  return (
    <nav className="bw-nav" id="pages" aria-label="Pages" data-open={isOpen}>
      {groups
        .filter(({ of: pages }) => pages.length > 0)
        .map(({ title, of: pages }) => (
          <div key={title ?? ''} className="bw-nav-group" role="group" aria-label={title}>
            {title !== undefined && <span className="bw-nav-title">{title}</span>}
            {pages.map(({ to, label }) => (
              <Link key={to} to={to} activeOptions={{ exact: to === '/' }}>
                {label}
              </Link>
            ))}
          </div>
        ))}
    </nav>
  )
}
