export type { Tagger } from '@breakwater/deid'
