import type { Requirement } from './requirements.ts'

/** What the gateway and the safety of models promise. */
export const GATEWAY_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'GW-01',
    citation: '164.502(e); 164.312(e)(1)',
    behaviour:
      'Azure OpenAI is spoken to by v1 and dated paths, with a key or a token of Entra; its filters say why by closed words',
    isDue: true,
  },
  {
    id: 'GW-02',
    citation: '164.502(e); 164.312(e)(1)',
    behaviour:
      'Bedrock, Anthropic and Vertex AI are spoken to in their own dialects: signatures and frames by known answers, streams equal to whole answers at every split, what a translation would lose is refused by name',
    isDue: true,
  },
  {
    id: 'GW-03',
    citation: '164.308(a)(1)(ii)(B)',
    behaviour:
      'A model server of our own is dialled at listed addresses only; any other attempt fails and is in the ledger',
    isDue: true,
  },
  {
    id: 'GW-04',
    citation: '164.502(e)(1); 164.308(b)',
    behaviour: 'A provider whose address is private, unlisted or redirecting gets nothing',
    isDue: true,
  },
  {
    id: 'GW-05',
    citation: '164.502(e); 164.504(e); 164.308(b)',
    behaviour:
      'PHI leaves only under an agreement in force at this second for the provider, service, endpoint, model, region, purpose and each feature',
    isDue: true,
  },
  {
    id: 'GW-06',
    citation: '164.506; 164.508; 164.512(i)',
    behaviour:
      'A request without a purpose of use is refused, and so is one without a basis in force for its purpose; training is no treatment',
    isDue: true,
  },
  {
    id: 'GW-07',
    citation: '164.502(b); 164.514(d)',
    behaviour:
      'Records in a request are trimmed to the fields, the time and the number that the role needs for the purpose, before masking',
    isDue: true,
  },
  {
    id: 'GW-08',
    citation: '164.502(b); 164.514(c)',
    behaviour: 'The model gets no identifier that was masked; the caller gets its own values back, whole and streamed',
    isDue: true,
  },
  {
    id: 'GW-09',
    citation: '164.502(b); 164.310(d)(2)',
    behaviour:
      'Of prompts, answers, feedback and evaluation sets nothing is kept unless switched on; what is kept is masked, scanned, sealed, read for its purpose and gone by the clock',
    isDue: true,
  },
  {
    id: 'GW-12',
    citation: '164.308(a)(1)(ii)(D)',
    behaviour:
      'Requests, tokens, cost and open streams are limited per principal, purpose, provider and tenant, on all replicas together',
    isDue: true,
  },
  {
    id: 'GW-16',
    citation: '164.312(a)(2)(iv), (d)',
    behaviour:
      'A key that was set apart goes to an attested machine only, encrypted to it; altered, expired and replayed evidence is refused on every replica',
    isDue: true,
  },
  {
    id: 'GW-17',
    citation: '164.306(a); 164.308(a)(8)',
    behaviour:
      '`breakwater doctor` fails a provider under agreement while our own authentication, audit or de-identification is off',
    isDue: true,
  },
  {
    id: 'LS-01',
    citation: '164.502(b)',
    behaviour:
      'Identifiers in a prompt are masked or refused before anything leaves, whatever class of data its sender declares',
    isDue: true,
  },
  {
    id: 'LS-02',
    citation: '164.502(a)',
    behaviour: 'Identifiers that the model brings are removed from its answer, also when split over a stream',
    isDue: true,
  },
  {
    id: 'LS-03',
    citation: '164.502(a)',
    behaviour:
      'What leaves begins with the rules that the policy set demands, against repeating identifiers; no request changes or removes them',
    isDue: true,
  },
  {
    id: 'LS-05',
    citation: '164.308(a)(1)(ii)(D)',
    behaviour:
      'A hundred nearly equal prompts of one principal in an hour, or a hundred answers sampled from one, raise an alert',
    isDue: true,
  },
  {
    id: 'LS-07',
    citation: '164.502(a); 164.312(a)(1)',
    behaviour: 'No value of a request is found in logs, errors, database, tiles or temporary files, on any path',
    isDue: true,
  },
]
