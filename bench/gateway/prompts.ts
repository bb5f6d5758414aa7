/** The one that the model server has. */
export const MODEL = 'bench-model'

/** `load.lua` and `paced.ts` put other words here in each request, as many as it has letters. */
export const FRESH = 'FRESHFRESH'

// Ordinary words: nothing more is found in them, and the text is still one that nobody saw before.
const WORDS = 'calm steady gentle quiet slow light plain even warm cool firm soft clear brief usual common'.split(' ')

export function makeRemark(): string {
  return Array.from(FRESH, () => WORDS[Math.floor(Math.random() * WORDS.length)]).join(' ')
}

/** A prompt without PHI, and a clinical note of 2 KB that is full of it. Everybody in it is invented. */

export const PLAIN_PROMPT =
  'Explain in two sentences how a breakwater protects a harbour from waves, and name the two materials most often used ' +
  'to build one along a rocky coast with strong tides.'

export const PATIENT = 'Rosalind Okafor-Brandt'

export const CLINICAL_NOTE = `DISCHARGE SUMMARY
Patient: ${PATIENT}   MRN: 00482913   DOB: 03/14/1951   SSN: 219-09-9999
Address: 4418 Larkspur Hollow Road, Apt 3B, Springfield, IL 62704
Phone: (217) 555-0142   E-mail: rosalind.okafor@example.org
Admitted: 11/02/2025   Discharged: 11/09/2025
Attending: Dr. Emeka Lindqvist, NPI 1234567893. Primary care: Dr. Sarah Whitfield, fax 217-555-0178.
Emergency contact: daughter Ingrid Brandt, 217-555-0163.

Ms. Okafor-Brandt is a 74-year-old retired school teacher with type 2 diabetes, hypertension and stage 3 chronic kidney
disease who presented on 11/02/2025 with two days of fever, productive cough and confusion. Her daughter Ingrid found her
at home and called the office of Dr. Whitfield, who advised transfer to Lakeshore Memorial Hospital.

On arrival: temperature 39.1 C, heart rate 112, blood pressure 98/60, saturation 88 % on room air. Chest film showed a
right lower lobe infiltrate. Lactate 3.1, creatinine 1.9 from a baseline of 1.4. Blood cultures grew Streptococcus
pneumoniae. She received ceftriaxone 2 g daily and azithromycin 500 mg, and 30 ml/kg of crystalloid. Dr. Lindqvist
discussed goals of care with Rosalind and Ingrid on 11/03/2025; she remains full code.

By 11/06/2025 she was afebrile on 2 L oxygen. Physical therapist Tomas Reyes cleared her for discharge with a walker.
Creatinine returned to 1.5. Metformin was held and restarted on 11/08/2025 at 500 mg twice daily. Insurance: member id
HX-77120-4486, group 90233. Account number 5500-8841-27. Device: glucose sensor, serial number GS-5510-99A2.

Follow-up: Dr. Whitfield on 11/18/2025 at 10:30, repeat chest film in six weeks. Ms. Okafor-Brandt was told to call
217-555-0178 for fever above 38.3 C, new confusion or breathlessness. Discharge medication was reviewed with Ingrid
Brandt by telephone on 11/09/2025, and a copy was sent to rosalind.okafor@example.org the same evening. Portal: https://portal.example.org/patients/00482913.

Summarise the stay in three sentences for the primary care physician.`

/** Turns of a conversation about the patient, of which the first is the note and each has a text of its own. */
export function makeTurns(count: number): readonly { readonly role: 'user' | 'assistant'; readonly content: string }[] {
  return Array.from({ length: count }, (_, turn) => {
    const role = turn % 2 === 0 ? 'user' : 'assistant'
    const content = turn === 0 ? CLINICAL_NOTE : `Turn ${turn} of this talk.\n${CLINICAL_NOTE.slice(0, 1_000)}`
    return { role, content }
  })
}
