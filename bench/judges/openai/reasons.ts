/** Why an outcome on the lists is as it should be: the first that fits. An outcome that none fits has no business there. */
const REASONS: readonly (readonly [outcome: RegExp, reason: string])[] = [
  [/ 200$/, 'answered'],
  [/ 200 then provider\.invalid-answer$/, 'the mock has no event streams: the request was judged, its answer is none'],
  [
    / provider\.invalid-answer logprobs$/,
    'the mock makes up log probabilities that nobody asked for; without them it passes',
  ],
  [/\/completions provider\.invalid-answer$/, 'the mock has no event streams, and makes up log probabilities'],
  [/\/responses provider\.failed$/, 'the mock fills in every member of a response, an error among them'],
  [
    / agreement\.none-in-force .*: feature /,
    'words go to a search engine: the agreement of this run names no such feature',
  ],
  [
    / route\.unknown$/,
    'what a vendor holds is read, changed or deleted there: nothing is held for us, and models are no callers’ to delete',
  ],
  [/body\.feature-refused \/store$/, 'the vendor would keep request and answer'],
  [
    /body\.feature-refused \/(background|conversation|previous_response_id|prompt)$/,
    'the vendor would have to remember what cannot be put back later',
  ],
  [
    /body\.feature-refused \/prompt_cache_options$/,
    'the vendor would hold the prompt for a time that the request chooses',
  ],
  [
    /body\.feature-refused \/context_management$/,
    'the vendor would rewrite turns and seal them: what comes back cannot be read',
  ],
  [/body\.feature-refused \/audio$/, 'sound cannot be masked'],
  [
    /body\.feature-refused \/(logprobs|include\/0)$/,
    'log probabilities tell the text piece by piece, and files and pictures cannot be read',
  ],
  [/body\.feature-refused \/moderation$/, 'a second model, which no agreement was asked about'],
  [
    /body\.feature-refused \/tools\/0\/(allowed_callers|defer_loading)$/,
    'programs of the vendor would call the caller’s tools',
  ],
  [/body\.feature-refused \/echo$/, 'the prompt would come back as if the model had written it'],
  [/body\.feature-refused \/suffix$/, 'a second text that the answer is to lead to, which chats have no place for'],
  [/body\.invalid \/best_of$/, 'the suite asks for the best of none'],
  [/\/responses body\.invalid \/model$/, 'the suite names no model, and agreements cover models'],
]

/** Undefined: nobody has said why. */
export function findReason(outcome: string): string | undefined {
  return REASONS.find(([pattern]) => pattern.test(outcome))?.[1]
}

/** Outcomes by their reason, for people to read. */
export function groupByReason(outcomes: readonly string[]): readonly string[] {
  const counts = Map.groupBy(outcomes, (outcome) => findReason(outcome) ?? 'no reason')
  return [...counts].map(([reason, own]) => `${String(own.length).padStart(4)}  ${reason}`)
}
