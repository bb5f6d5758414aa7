import { normaliseSurface } from './split.ts'
import { personOf, type World } from './world.ts'

const DOMAINS = [
  'example.com',
  'example.org',
  'mail.example.com',
  'gmail.com',
  'yahoo.com',
  'hotmail.com',
  'outlook.com',
  'icloud.com',
  'aol.com',
  'comcast.net',
  'proton.me',
  'health.example.org',
  'hosp.example.net',
  'school.example.edu',
]
const HANDLES = [
  'sunny',
  'runner',
  'quiltlady',
  'trucker',
  'gramma',
  'coach',
  'bluebird',
  'fisher',
  'mustang',
  'papa',
  'yogi',
  'redsox',
]

/** A name as computers write it. */
const ascii = (name: string): string => normaliseSurface(name).replace(/[^a-z0-9]/g, '') || 'pat'

function names(world: World): readonly [string, string] {
  const person = personOf(world, world.random.pick(['pt', 'pt', 'rel', 'doc', 'nurse']))
  return [ascii(person.given), ascii(person.surname)]
}

const domain = ({ random }: World): string => random.pick(DOMAINS)
const number = ({ random }: World): number => random.between(1, random.pick([99, 2010]))

const maker =
  (write: (given: string, surname: string, world: World) => string) =>
  (world: World): string =>
    write(...names(world), world)

/** Addresses, handles and links, by the name that formats.txt calls them. */
export const CONTACTS: Readonly<Record<string, (world: World) => string>> = {
  'email-dot': maker((g, s, w) => `${g}.${s}@${domain(w)}`),
  'email-flast': maker((g, s, w) => `${g.charAt(0)}${s}@${domain(w)}`),
  'email-firstnum': maker((g, _, w) => `${g}${number(w)}@${domain(w)}`),
  'email-under': maker((g, s, w) => `${s}_${g}${number(w)}@${domain(w)}`),
  'email-plus': maker((g, s, w) => `${g}.${s}+clinic@${domain(w)}`),
  'email-nick': (w) => `${w.random.pick(HANDLES)}${number(w)}@${domain(w)}`,
  'email-caps': maker((g, s, w) => `${g}.${s}@${domain(w)}`.toUpperCase()),
  'email-at-words': maker((g, s, w) => `${g}.${s} at ${domain(w).replace('.', ' dot ')}`),
  'email-brackets': maker((g, s, w) => `${g}${s} [at] ${domain(w)}`),
  'email-dash-sub': maker((g, s, w) => `${s}-${g}@dept-${w.random.between(1, 40)}.${domain(w)}`),
  'user-flast': maker(
    (g, s, w) => `${g.charAt(0)}${s.slice(0, 7)}${w.random.pick(['', '', String(w.random.between(1, 99))])}`,
  ),
  'user-dot': maker((g, s) => `${g}.${s}`),
  'user-under': maker((g, s, w) => `${g}_${s}${w.random.between(1, 99)}`),
  'user-handle': (w) => `@${w.random.pick(HANDLES)}${number(w)}`,
  'user-domain': maker((g, s, w) => `${w.random.pick(['HOSP', 'CORP', 'CLINIC'])}\\${g.charAt(0)}${s}`),
  'user-tail': maker((g, s, w) => `${s}${g.charAt(0)}-${w.random.between(100, 999)}`),
  'email-fdot': maker((g, s, w) => `${g.charAt(0)}.${s}@${domain(w)}`),
  'email-glued': maker((g, s, w) => `${g}${s}${w.random.pick(['', String(number(w))])}@${domain(w)}`),
  'email-round': maker((g, s, w) => `${g}.${s}(at)${domain(w)}`),
  'email-wide': maker((g, s, w) => `${g}.${s} @ ${domain(w)}`),
  'user-lastg': maker(
    (g, s, w) => `${s.slice(0, 7)}${g.charAt(0)}${w.random.pick(['', String(w.random.between(1, 99))])}`,
  ),
  'user-short': maker((g, s, w) => `${g.charAt(0)}${s.charAt(0)}${w.random.between(100, 9999)}`),
  'user-three': maker((g, s) => `${g.slice(0, 3)}${s.slice(0, 3)}`),
  'user-first': maker((g, _, w) => `${g}${w.random.between(1, 99)}`),
  'user-camel': maker(
    (g, s, w) =>
      `${g.charAt(0).toUpperCase()}${g.slice(1)}${s.charAt(0).toUpperCase()}${s.slice(1)}${w.random.below(99)}`,
  ),
  'url-portal': maker((g, s, w) => `https://portal.example.org/patients/${g}-${s}-${w.random.between(100, 9999)}`),
  'url-https': (w) =>
    `https://${w.random.pick(['records', 'imaging', 'chart', 'video', 'forms', 'files'])}.${domain(w)}/${w.random.pick(['v', 'p', 'visit', 'share', 'doc'])}/${w.random.between(1000, 9_999_999)}`,
  'url-www': maker((g, s) => `www.${g}${s}.example.com`),
  'url-presigned': (w) =>
    `https://s3.example.com/scans/${w.random.between(10_000, 999_999)}.pdf?X-Expires=${w.random.between(60, 3600)}&X-Signature=${w.random.below(2 ** 31).toString(16)}`,
  'url-bare': maker((g, s, w) => `${w.random.pick(['caringpage', 'fundme', 'mychart'])}.example.org/${g}-${s}`),
  'url-port': (w) =>
    `http://pacs.example.net:${w.random.between(1024, 9999)}/study?uid=${w.random.between(10_000, 999_999)}`,
}
