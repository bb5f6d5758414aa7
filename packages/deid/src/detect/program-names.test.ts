import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createTextEngine } from '../engine.ts'
import { readKnownPatient } from '../known/index.ts'
import { isCovered } from './testing.ts'

const engine = createTextEngine({ gazetteer: readFileSync(new URL('../../data/gazetteer.bin', import.meta.url)) })
const known = [readKnownPatient({ names: ['Rosalind Okafor-Brandt', 'Will Long'] })]

describe("a name inside a tool's name or a member's (DI-01)", () => {
  test.for([
    ['get_okafor_labs', 'okafor'],
    ['GET_OKAFOR_LABS', 'OKAFOR'],
    ['getOkaforLabs', 'Okafor'],
    ['fetchRosalindBrandtChart', 'RosalindBrandt'],
    ['labs.rosalind.v2', 'rosalind'],
    ['will-long-labs', 'will-long'],
    ['MRIofBrandt', 'Brandt'],
    ['notesRobrandtokafor_Okafor', 'Okafor'],
  ] as const)('of the known patient: %s', ([text, value]) => {
    expect(isCovered(text, value, engine.detect(text, { known }), ['NAME'])).toBe(true)
  })

  test.for([
    ['get_abernathy_labs', 'abernathy'],
    ['getAbernathyLabs', 'Abernathy'],
    ['LOOKUP_ABERNATHY', 'ABERNATHY'],
  ] as const)('found in another part of the conversation: %s', ([text, value]) => {
    const [, spans = []] = engine.detectAll(['Mrs. Delphine Abernathy was seen today.', text])
    expect(isCovered(text, value, spans, ['NAME'])).toBe(true)
  })

  test.for([
    ['LOOKUP_ROSALIND_BRANDT', 'ROSALIND_BRANDT'],
    ['lookupRosalindBrandt', 'RosalindBrandt'],
    ['brandt-rosalind-chart', 'brandt-rosalind'],
  ] as const)('in full and listed: %s', ([text, value]) => {
    expect(isCovered(text, value, engine.detect(text), ['NAME'])).toBe(true)
  })

  test.for(
    'get_patient_labs,summer_camp_lookup,searchPatients,order_lab,dispatch_note,postpone_visits,getLongTermLabs,will_follow_up,list_may_visits,max_tokens,top_logprobs,user_id,str_replace_based_edit_tool,calculate_bmi,get_weather,createJiraTicket,send_slack_message,query_redis_cache,openai_api_key,azure_devops_pipeline,jenkins_build,kafka_topic,pandas_frame,sonar_qube_scan,get_grant_access,charlotte_web_map,julia_kernel,ruby_gem_lookup,maria_db_query,fhir_patient_read,hl7_parse,getElementById,x-api-key,content-type,additionalProperties,parallel_tool_calls,response_format,drew_blood_at,mark_as_read,parkinson_score,apgar_score,glasgow_coma_scale,child_pugh_class,framingham_risk,wells_score,barthel_index,mayo_clinic_lookup,bill_patient,rose_bengal_test,crispr_cas_design,icd10_lookup,rxnorm_search,snomed_expand,daily_note_author,victoria_metrics_query'.split(
      ',',
    ),
  )('a plain one stays: %s', (text) => {
    expect(engine.detect(text)).toEqual([])
    const people = [readKnownPatient({ names: ['Will Long', 'May Young', 'Grant Summer'] })]
    expect(engine.detect(text, { known: people })).toEqual([])
  })
})
