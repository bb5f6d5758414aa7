export { indexSite, type SiteIndex } from './index-site.ts'
export { readSiteLexicon, type SiteLexicon } from './lexicon.ts'
export { matchSite } from './match.ts'
