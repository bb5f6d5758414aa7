import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useEffect, useRef } from 'react'

interface PageProps {
  readonly title: string
  /** One sentence: what this page is for. */
  readonly lead?: string
  readonly children: ReactNode
}

/** A page has a title that the browser shows and that gets the focus when one comes to it by a link. */
export function Page({ title, lead, children }: PageProps): React.JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} - Breakwater`
    heading.current?.focus()
  }, [title])
  return (
    <>
      <header>
        <Title order={1} size="h2" ref={heading} tabIndex={-1} className="bw-title">
          {title}
        </Title>
        {lead !== undefined && <p className="bw-lead">{lead}</p>}
      </header>
      {children}
    </>
  )
}
