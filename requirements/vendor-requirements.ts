import type { Requirement } from './requirements.ts'

/** What vendors may be sent, and under which agreement. */
export const VENDOR_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'GW-10',
    citation: '164.504(e)(2)(i); 164.502(a)(3)',
    behaviour:
      'A vendor that keeps what is sent longer than the agreement allows gets nothing, unless its exemption is on record; what nobody confirmed covers nothing in production; what is forwarded says that it is not to be stored',
    isDue: true,
  },
  {
    id: 'GW-11',
    citation: '164.308(a)(4); 42 CFR 2.12, 2.33',
    behaviour:
      'Labels of sensitivity and place, of caller, patient and resources, keep data local or in their place; there is no silent fallback',
    isDue: true,
  },
  {
    id: 'VB-01',
    citation: '164.308(b)(3); 164.504(e)',
    behaviour:
      'Agreements are a register: none is active without its clauses, each is warned of 60, 30 and 7 days before its end, and covers nothing after it',
    isDue: true,
  },
]
