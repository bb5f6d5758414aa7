/**
 * How one requirement of OWASP's ASVS 5.0.0 is answered. The requirement's own text is theirs (CC BY-SA 4.0) and is not
 * repeated here: https://github.com/OWASP/ASVS, file `5.0/docs_en`, by the id.
 */
export type AsvsRow =
  | {
      readonly id: string
      readonly level: 1 | 2 | 3
      readonly status: 'met'
      /** What we do. */
      readonly how: string
      /** `file#part of a title`: tests that show it. */
      readonly tests: readonly [string, ...string[]]
      /** What is borne in spite of it, written down. */
      readonly exception?: string
    }
  | {
      readonly id: string
      readonly level: 1 | 2 | 3
      readonly status: 'not-applicable'
      /** Why there is nothing that it could be about. */
      readonly how: string
    }
  | {
      readonly id: string
      readonly level: 3
      readonly status: 'not-met'
      readonly how: string
      /** What would meet it. */
      readonly wouldMeet: string
    }
