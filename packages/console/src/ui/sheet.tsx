import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useId } from 'react'

interface SheetProps {
  readonly title: string
  readonly children: ReactNode
}

/** A part of a page under a heading of its own. */
export function Sheet({ title, children }: SheetProps): React.JSX.Element {
  const id = useId()
  return (
    <section className="bw-sheet bw-stack" aria-labelledby={id}>
      <Title order={2} size="h4" id={id}>
        {title}
      </Title>
      {children}
    </section>
  )
}
