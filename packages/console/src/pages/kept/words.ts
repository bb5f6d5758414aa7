import type { KeptKind } from '@breakwater/contract'

interface KeptWords {
  readonly title: string
  /** What is kept when it is on. */
  readonly what: string
  /** Who may read it then. */
  readonly readers: string
}

export const KEPT_WORDS: Readonly<Record<KeptKind, KeptWords>> = {
  history: {
    title: 'History',
    what: 'Request and answer of every crossing in their masked form, sealed; patients as keyed references.',
    readers: 'Those whom the policies permit it (privacy officers, as shipped), for the chosen purpose alone.',
  },
  feedback: {
    title: 'Feedback',
    what: 'What callers think of answers to requests of their own; a comment is masked before it is kept.',
    readers: 'Those whom the policies permit it (privacy officers, as shipped), for the chosen purpose alone.',
  },
  evaluation: {
    title: 'Evaluation sets',
    what: 'Samples that somebody chooses, in their masked form, to measure models with.',
    readers: 'Privacy officers choose the samples; data scientists export them, for the chosen purpose alone.',
  },
}
