import { GATEWAY_REQUIREMENTS } from './gateway-requirements.ts'
import { VENDOR_REQUIREMENTS } from './vendor-requirements.ts'

/** A promise of the law or of this project. A test proves it by carrying its id in its title. */
export interface Requirement {
  readonly id: string
  /** 45 CFR unless it says otherwise; the mapping is ours. */
  readonly citation: string
  readonly behaviour: string
  /** True when the whole row is claimed; false while only the part that `gap` leaves over is built. */
  readonly isDue: boolean
  /** What is known to be missing. Required unless the row is due. */
  readonly gap?: string
}

/** Rows whose work has started. Ids are stable and never reused. */
export const REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'AC-01',
    citation: '164.312(a)(1); 164.308(a)(4); 164.514(d)(2)',
    behaviour:
      'Each role may do what a hand-written table says, for each purpose, action, class of data and field; else nothing',
    isDue: true,
  },
  {
    id: 'AC-02',
    citation: '164.312(a)(1); 164.514(d)(2)',
    behaviour:
      'Two roles get different fields of one record; a reporting login reaches no column that its views do not show',
    isDue: true,
  },
  {
    id: 'AC-03',
    citation: '164.312(d)',
    behaviour: 'Every session of a person began with more than one factor; sensitive changes ask for them again',
    isDue: true,
  },
  {
    id: 'AC-04',
    citation: '164.312(d); 164.308(a)(4)(ii)(B)',
    behaviour: 'People come through OpenID Connect; roles come from groups and from nothing else',
    isDue: true,
  },
  {
    id: 'AC-05',
    citation: '164.312(a)(2)(i)',
    behaviour: 'One person, one account: none can be made by hand, and one session in two hands is flagged and ended',
    isDue: true,
  },
  {
    id: 'AC-06',
    citation: '164.312(a)(2)(iii)',
    behaviour: 'A session ends after 15 idle minutes; longer needs an exception of the risk register',
    isDue: true,
  },
  {
    id: 'AC-07',
    citation: '164.312(d)',
    behaviour:
      'Services hold key pairs and get bound tokens of five minutes; API keys have ranges, scopes and an end; rotation fails no request',
    isDue: true,
  },
  {
    id: 'AC-08',
    citation: '164.308(a)(4)(ii)(B)',
    behaviour:
      'Access is given for a time; at the second it ends it is refused, by the clock at the decision and not by a job',
    isDue: true,
  },
  {
    id: 'AC-09',
    citation: '164.312(a)(2)(ii)',
    behaviour:
      'Breaking the glass takes a reason, fresh factors and a second person or a review that is due; it is told at once and stays inside ledger and agreements',
    isDue: true,
  },
  {
    id: 'AC-10',
    citation: '164.308(a)(4)(ii)(C)',
    behaviour:
      'What nobody confirmed in a recertification is in force no more at its due date; each decision is in the ledger',
    isDue: true,
  },
  {
    id: 'AC-11',
    citation: '164.308(a)(4)(ii)(B)-(C)',
    behaviour:
      'Access is asked for and approved by a second person; an approved exception is a row of the risk register, and its expiry removes the access',
    isDue: true,
  },
  {
    id: 'AC-12',
    citation: '164.308(a)(4); 164.502(b)',
    behaviour: 'An installation has one environment for good; PHI is prohibited outside production',
    isDue: false,
    gap: 'data are of the class that is declared, and synthetic outside production; nothing looks for PHI there yet',
  },
  {
    id: 'AC-13',
    citation: '164.312(a)(1), (d)',
    behaviour: 'Every request is authenticated and authorised, also from the same machine',
    isDue: true,
  },
  {
    id: 'AC-14',
    citation: '164.312(a)(1)',
    behaviour: 'Training data, endpoints, inference logs and feature stores are resources of the same decisions',
    isDue: true,
  },
  {
    id: 'AC-15',
    citation: '164.308(a)(3)(ii)(C)',
    behaviour:
      'Whom the directory, an administrator or the person ends is refused on every replica within seconds, with every login and token',
    isDue: true,
  },
  {
    id: 'AU-01',
    citation: '164.312(b)',
    behaviour:
      'Each crossing and each refusal leaves who, what, when, purpose and decision in the ledger, exactly once',
    isDue: true,
  },
  {
    id: 'AU-03',
    citation: '164.312(b); 164.502(b)',
    behaviour: 'The ledger holds ids, codes and counts; its schema refuses free text',
    isDue: true,
  },
  {
    id: 'AU-04',
    citation: '164.312(b), (c)(1)',
    behaviour: 'Edited, deleted, reordered and truncated logs are detected, also by an independent verifier in Go',
    isDue: false,
    gap: 'a full rewrite signed with a stolen log key is caught only by a witness, which is not built yet',
  },
  {
    id: 'DI-01',
    citation: '164.514(b)(2)(i)(A)-(R)',
    behaviour: 'Each of the 18 Safe Harbor classes is found in free text and removed',
    isDue: false,
    gap: 'rules and dictionaries only; per-class recall targets wait for the trained tagger',
  },
  {
    id: 'DI-02',
    citation: '164.514(b)(2)(i)',
    behaviour: 'Identifiers of relatives, employers and household members go too; a switch keeps clinicians',
    isDue: true,
  },
  {
    id: 'DI-03',
    citation: '164.514(b)(2)(i)(B)',
    behaviour: 'ZIP codes keep three digits only where the 2020 Census counts more than 20,000 people: an allow-list',
    isDue: true,
  },
  {
    id: 'DI-04',
    citation: '164.514(b)(2)(i)(C)',
    behaviour: 'Dates become years; ages over 89, and years that imply one, become "90 or older"',
    isDue: false,
    gap: 'years are combined over the parts of one document, not yet over a patient’s whole release',
  },
  {
    id: 'DI-05',
    citation: '164.514(b)(2)(i), (c)',
    behaviour: 'Derivatives go too: initials, last four of an SSN; a keyed token under Safe Harbor does not load',
    isDue: true,
  },
  {
    id: 'DI-06',
    citation: '164.514(b)',
    behaviour:
      'Names, dates and record numbers are redacted with measured recall; a drop of 0.5 points fails the tests',
    isDue: true,
  },
  {
    id: 'DI-11',
    citation: '164.514(b)(2)(i)(A), (R)',
    behaviour: 'File names and paths that identify are replaced; the way back stands in the vault only',
    isDue: false,
    gap: 'names are replaced by numbers; members of archives and the vault come with releases',
  },
  {
    id: 'DI-21',
    citation: '164.514(b)',
    behaviour: 'A second, independent detector looks at what a transform releases and stops what the first one missed',
    isDue: true,
  },
  {
    id: 'DI-23',
    citation: '164.514(b)(1)(ii); 164.530(j)',
    behaviour:
      'Each transform writes a manifest of rules, versions, tables and counts, without values, the same each time',
    isDue: true,
  },
  {
    id: 'DI-24',
    citation: '164.514(b)(1); 164.308(a)(8)',
    behaviour: 'Notes of a new template or source raise a drift alarm; a stale determination closes its data set',
    isDue: false,
    gap: 'detection drift is watched; determinations and their reassessment come with releases',
  },
  {
    id: 'EN-01',
    citation: '164.312(a)(2)(iv)',
    behaviour: 'Columns, files and artefacts that hold PHI are AES-256-GCM under keys that a key service wraps',
    isDue: false,
    gap: 'which columns hold PHI is declared and walked by the policy work; backups are the operator’s',
  },
  {
    id: 'EN-02',
    citation: '164.312(a)(2)(iv)',
    behaviour:
      'Models, feature sets, training sets and intermediates are stored encrypted and load under their own id only',
    isDue: false,
    gap: 'the library stores and loads them; no slice of the server keeps artefacts yet',
  },
  {
    id: 'EN-03',
    citation: '164.312(a)(2)(iv)',
    behaviour: 'No plaintext is written to a temporary file',
    isDue: true,
  },
  {
    id: 'EN-04',
    citation: '164.312(a)(2)(iv)',
    behaviour:
      'Key services of AWS, Azure and Google wrap and unwrap; throttled, disabled and wrong context are refused',
    isDue: true,
  },
  {
    id: 'EN-05',
    citation: '164.312(a)(2)(iv)',
    behaviour: 'A key in a hardware module (PKCS#11) wraps and unwraps, and cannot be read or copied',
    isDue: true,
  },
  {
    id: 'EN-06',
    citation: '164.312(a)(2)(iv)',
    behaviour:
      'Keys rotate online: old data readable, new data under the new version, re-wrapping ends, no request fails',
    isDue: true,
  },
  {
    id: 'EN-07',
    citation: '164.312(a)(2)(iv); 164.308(a)(4)',
    behaviour: 'Who manages keys reads no data, who administers manages no key, one principal with both is refused',
    isDue: true,
  },
  {
    id: 'EN-08',
    citation: '164.308(a)(5)(ii)(D)',
    behaviour: 'No key or credential is in a file of the project; a planted one turns the gate red',
    isDue: true,
  },
  {
    id: 'EN-09',
    citation: '164.312(e)(1), (e)(2)(ii)',
    behaviour:
      'Server and connections to providers speak TLS 1.3 and nothing older, but 1.2 while an exception of the risk register is in force; the certificate is renewed without a failed request',
    isDue: true,
  },
  {
    id: 'EN-10',
    citation: '164.312(e)(1), (d)',
    behaviour: 'Both ends of the way to the database prove who they are; providers may be pinned to a public key',
    isDue: true,
  },
  {
    id: 'EN-11',
    citation: '164.312(b); 164.308(a)(1)(ii)(D)',
    behaviour: 'Downgrade attempts and failed handshakes are in the log and among the events within five seconds',
    isDue: true,
  },
  {
    id: 'EN-12',
    citation: '164.312(e)(2)(i), (c)(1)',
    behaviour: 'Batches are signed requests: an altered body, a stale time and a nonce seen before are refused',
    isDue: false,
    gap: 'manifests are verified and kept as received; what works a batch off is not built yet',
  },
  {
    id: 'EN-13',
    citation: '164.402; 164.310(d)(2)(i)',
    behaviour:
      'Shredding leaves nothing that opens, with a certificate; per copy it is on record whether a key could be reached',
    isDue: true,
  },
  {
    id: 'MO-02',
    citation: '164.308(a)(5)(ii)(C)',
    behaviour: 'Five failed attempts lock an account and alert at once',
    isDue: false,
    gap: 'anomalies of place and time are not looked for',
  },
  {
    id: 'MO-04',
    citation: '164.312(a)(2)(iv), (e)(2)(ii)',
    behaviour:
      'Plaintext in a sealed column, an expired certificate or a key service that fails is found; no server starts with such a certificate',
    isDue: false,
    gap: 'found when the doctor is run; nothing runs it by itself yet',
  },
  {
    id: 'MO-05',
    citation: '164.312(c)(1); 164.308(a)(8)',
    behaviour:
      'A policy file changed out of band is an event with the ids that differ, and stops what crosses where that is wanted',
    isDue: true,
  },
  ...GATEWAY_REQUIREMENTS,
  ...VENDOR_REQUIREMENTS,
]
