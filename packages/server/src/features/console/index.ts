export { createReports } from './reports.ts'
export { consoleRoutes } from './routes.ts'
export { readSite } from './site.ts'
export type { Site } from './site.ts'
