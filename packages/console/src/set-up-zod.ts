import { config } from 'zod'

// Imported before the contract: zod compiles schemas with `new Function` unless it is told not to, which the page's policy
// refuses and reports.
config({ jitless: true })
