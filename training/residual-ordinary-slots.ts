/** What stands in the slots of ordinary texts: words, names of code, hashes, codes. Common knowledge, nobody's. */
import type { Random } from './corpus/random.ts'

/** Words that a text may use. */
export interface Vocabulary {
  readonly words: readonly string[]
  /** Capitalised words that name nobody. */
  readonly terms: readonly string[]
  /** Of medicine, small; that begin a sentence; of trade. */
  readonly med: readonly string[]
  readonly opener: readonly string[]
  readonly trade: readonly string[]
}

type Slot = (random: Random, vocabulary: Vocabulary) => string

const list = (text: string): readonly string[] => text.split(' ')
const title = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
const draw = (random: Random, signs: string, length: number): string =>
  Array.from({ length }, () => signs.charAt(random.below(signs.length))).join('')
const number = (random: Random, length: number): string =>
  String(random.between(1, 9)) + draw(random, '0123456789', length - 1)
const word = (random: Random, { words }: Vocabulary): string => random.pick(random.chance(0.6) ? words : WORDS)
const some = (random: Random, vocabulary: Vocabulary, least: number, most: number): string[] =>
  Array.from({ length: random.between(least, most) }, () => word(random, vocabulary))

const HEX = '0123456789abcdef'
const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789'
const MIXED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
/** What Kubernetes draws the ends of names from. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789'

const WORDS = list(
  'account action adapter admin agent alert alias analysis app archive array asset async audit auth backend backup badge balance batch beta bill binary block board body boolean border branch bridge broker browser budget buffer build bundle button ' +
    'cache calendar call cancel card cart case catalog category cell channel chart check child claim class client clock cloud cluster code color column command comment commit config connection console consumer container content context contract controller cookie copy core cost count counter coverage create credit cron current custom cycle ' +
    'daily data dashboard date debug decision default delete delivery deploy design device diff digest directory disk display document domain draft driver duration edge edit editor element email enable encoder endpoint engine entry error escalation event example exception executor export extension ' +
    'factory failure feature feed fetch field file filter final finance flag flow folder font footer form format forward frame framework function gateway global grant graph grid group guide handler hash header health help history home hook host hour icon image import inbox index info input insert instance integer interface interval inventory invoice item iterator ' +
    'job journal key kernel label language launch layer layout leader length level library limit line link list listener loader local lock log logger loop main manager map marker master matrix member memory menu merge message meta method metric middleware migration minimum mode model module monitor monthly mount native network node normal note notification null number ' +
    'object offset online open operator option order outbox output overview owner package page pair panel parameter parent parser partition password patch path pattern payload payment pending performance permission phase pipeline pixel plan platform player plugin point policy pool port portal position post prefix preview price primary priority private probe process product profile progress project promise prompt property provider proxy public publisher push quality query queue quick quota ' +
    'random range rate read reader ready record recovery redirect reducer reference refresh region registry release reload remote render replica report request required reset resolver resource response restore result retry return review roadmap role rollback root route router row rule runner runtime sample sandbox scale scanner schedule schema scope score screen script search section secret security segment select sender sequence server service session setting setup severity shard share shell sidebar signal single size sketch slot snapshot socket sort source span spec stack staff stage standard start state static status step storage store stream string style submit subscription success suffix summary support switch symbol sync system ' +
    'table tag target task team template tenant terminal test text theme thread threshold ticket time timeout timer title toggle token tool topic total trace track traffic transaction transform transport tree trigger type unit update upload usage user utility validation validator value variable vendor version view volume wait warning web week weekly widget window worker workflow workspace wrapper write yearly zone',
)
const GENERICS = list(
  'acarbose acyclovir adalimumab alendronate allopurinol amiodarone amitriptyline amlodipine amoxicillin apixaban aripiprazole atenolol atorvastatin azathioprine baclofen bisoprolol bupropion buspirone candesartan carbamazepine carvedilol cefazolin cephalexin cetirizine ciprofloxacin citalopram clindamycin clonazepam clopidogrel colchicine cyclobenzaprine dabigatran dapagliflozin denosumab dexamethasone diazepam digoxin diltiazem donepezil doxycycline dulaglutide duloxetine empagliflozin enalapril escitalopram esomeprazole etanercept ezetimibe famotidine fentanyl finasteride fluconazole fluoxetine fluticasone folate furosemide glipizide haloperidol heparin hydralazine hydrochlorothiazide hydroxyzine infliximab ketorolac labetalol lamotrigine levetiracetam levofloxacin linagliptin lithium loratadine lorazepam losartan meloxicam methotrexate methylprednisolone metoclopramide metoprolol metronidazole mirtazapine montelukast morphine mycophenolate naloxone naproxen nifedipine nitrofurantoin olanzapine omeprazole ondansetron oxycodone pantoprazole paroxetine phenytoin pioglitazone prednisone pregabalin propranolol quetiapine ramipril ranolazine rifampin risperidone rituximab rivaroxaban rosuvastatin semaglutide sertraline sildenafil simvastatin sitagliptin spironolactone sulfasalazine sumatriptan tacrolimus tamoxifen tamsulosin ticagrelor tiotropium tirzepatide topiramate tramadol trazodone valacyclovir valproate valsartan venlafaxine verapamil warfarin zolpidem',
)
const EPONYMS = list(
  'Addison Alzheimer Apgar Babinski Baker Barrett Bartholin Basedow Behcet Bell Boerhaave Braden Brugada Burkitt Chvostek Cobb Coombs Cushing Dupuytren Ehlers Epley Ewing Fallot Fanconi Finkelstein Fisher Framingham Gilbert Glasgow Gleason Goodpasture Guillain Hodgkin Homans Horner Huntington Kaposi Kawasaki Kussmaul Lachman Lyme Mallory Marfan Meckel Meniere Milroy Mobitz Osgood Paget Parkinson Peyronie Phalen Pott Prader Ramsay Raynaud Reiter Rinne Romberg Rovsing Schober Sjogren Spurling Stevens Tinel Tourette Trendelenburg Trousseau Turner Waldenstrom Weber Whipple Wilson Wolff Zollinger Child-Pugh Mann Bishop Ranson Rockall Caprini Duke Jones Amsel Ottawa Norton Morse Barthel Katz Borg Likert',
)
const ACRONYMS = list(
  'ACC ACE ACOG ACP ADA AHA AHRQ API ASA ASCO AUA AWS BMJ CDC CLIA CMS COPD CRF DSM DVT EHR EMA ESC FDA FHIR GAD GDPR GFR GINA GOLD HHS HIPAA HITRUST IDSA ISO JAMA JSON KDIGO NCCN NEJM NHS NICE NIH NIST NYHA OECD ONC OSHA PHQ PROMIS REST SOFA SOP SSO STEMI TLS USPSTF WHO XML YAML ARISE ASPREE CREDENCE DAPA EMPEROR HOPE LEADER PARADIGM RECOVERY SPRINT STEP SUSTAIN',
)
const ABBREVIATIONS = list(
  'ALT ANC AST BMP BNP BUN CABG CBC CKD CMP CPAP CRP CSF CVA DKA DRE ECG ECMO EEG EGD EKG ERCP ESR FEV FSH GERD HDL HIV HPI HTN ICU INR IVC LDL LFT MCV MRI NPO NSR OSA PCI PCR PET PFT PLT PPI PSA PTH RBC RDW RSV SGOT SLE TEE TIA TIBC TSH TTE UTI VTE WBC NKDA DNR AKI AFib CHF CAD DM HLD BPH PTSD ADHD OCD IBS RA OA GAD MDD NSTEMI PVD PAD',
)
const TOOLS = list(
  'Airflow Ansible Apache Bazel BigQuery Bootstrap Cassandra Celery Cilium ClickHouse Copilot Cypress Databricks Datadog Debian Django Docker Elasticsearch Envoy Epic Excel Express Fastify Figma Firebase Flask Flink GitHub GitLab Gradle Grafana GraphQL HashiCorp Helm Istio Jenkins Jira Kafka Keycloak Kibana Kubernetes Laravel Linux Looker MariaDB Maven Metabase MongoDB MySQL Neo4j Next Nginx Node Notion Okta OpenTelemetry Oracle Pandas Playwright Postgres PowerShell Prometheus Pulumi PyTorch RabbitMQ Rails React Redis Rust Salesforce ServiceNow Slack Snowflake Spark Splunk Spring Stripe Svelte Tableau Teams Terraform Trino Ubuntu Vault Vercel Vite Vue Webpack Zendesk Claude Llama Gemma Qwen Mistral Copilot Cursor Cohere',
)
const LANGUAGES = list(
  'Python TypeScript JavaScript Java Kotlin Swift Go Rust Ruby PHP Perl Scala Haskell Elixir Bash PowerShell SQL R Julia Lua Dart C',
)
const TONGUES = list(
  'English Spanish French German Italian Portuguese Dutch Polish Russian Arabic Hindi Mandarin Korean Japanese Vietnamese Tagalog Swahili Turkish Greek Hebrew',
)
const COUNTRIES = list(
  'Germany France Spain Italy Poland Brazil Mexico Canada India China Japan Kenya Ghana Egypt Turkey Norway Sweden Denmark Ireland Australia Austria Belgium Portugal Peru Chile',
)
const CSS_NAMES = list(
  'AliceBlue Aquamarine Azure Beige Bisque BlanchedAlmond BlueViolet BurlyWood CadetBlue Chartreuse Coral CornflowerBlue Cornsilk Crimson Cyan DarkOrchid DarkSlateGray DeepPink DodgerBlue Fuchsia Gainsboro GhostWhite Gold Goldenrod HotPink IndianRed Indigo Ivory Khaki Lavender LawnGreen LemonChiffon LightCoral LightSalmon LimeGreen Linen Magenta Maroon MidnightBlue MistyRose Moccasin NavajoWhite Navy OldLace Olive Orchid PaleGreen PapayaWhip Peru Plum PowderBlue RebeccaPurple RosyBrown Salmon SeaGreen Sienna Silver SkyBlue Snow SpringGreen SteelBlue Tan Teal Thistle Tomato Turquoise Violet Wheat rebeccapurple tomato teal navy crimson',
)
const FONTS = list(
  'Roboto Lato Montserrat Georgia Verdana Courier Menlo Consolas Garamond Futura Poppins Raleway Ubuntu Tahoma',
)
const ALGORITHMS = list('HS384 HS512 RS384 RS512 ES256 ES384 PS256 PS512 EdDSA Ed25519')
const DIGESTS = list('SHA-256 SHA-512 SHA256 SHA512 SHA1 SHA-1 MD5 BLAKE2b BLAKE3 SHA3-256 sha256 sha1 md5 crc32')
const CIPHERS = list(
  'TLS_AES_128_GCM_SHA256 TLS_CHACHA20_POLY1305_SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 AES256-SHA DHE-RSA-AES256-GCM-SHA384 X25519 P-256 secp384r1 AES-256-CBC ChaCha20',
)
const ERRORS = list(
  'EACCES EADDRINUSE ECONNABORTED ECONNREFUSED EEXIST EHOSTUNREACH EINVAL EIO EISDIR EMFILE ENOENT ENOMEM ENOSPC ENOTEMPTY ENOTFOUND EPERM EPIPE ERANGE ETIMEDOUT EAI_AGAIN SIGKILL SIGSEGV SIGTERM SIGABRT',
)
const LEVELS = list('INFO WARN ERROR DEBUG TRACE FATAL NOTICE')
const KINDS = list(
  'Deployment Service Pod ConfigMap Secret Ingress Job CronJob DaemonSet StatefulSet Namespace Role RoleBinding HorizontalPodAutoscaler NetworkPolicy PersistentVolumeClaim ServiceAccount',
)
const LABS = list(
  'Sodium Potassium Chloride Creatinine Glucose Hemoglobin Hematocrit Platelets Albumin Bilirubin Calcium Magnesium Phosphate Ferritin Troponin Lactate Cholesterol Triglycerides Cortisol Testosterone Lipase Amylase Ammonia Procalcitonin Fibrinogen D-dimer Leukocytes Urea Insulin Prolactin Vitamin',
)
const UNITS = list(
  'mg/dL mmol/L g/dL mEq/L U/L ng/mL pg/mL mIU/L % fL mm/h Celsius Kelvin Pascal Meter Kilogram Liter Tablet Capsule Unit',
)
const BODY = list('Chest Abdomen Pelvis Head Neck Brain Spine Knee Hip Shoulder Wrist Ankle Sinuses Orbits')
const STATISTICS = list(
  'Wilcoxon Kruskal-Wallis Fisher Pearson Spearman Student Welch Kolmogorov-Smirnov Shapiro-Wilk Cohen Cox Poisson Bonferroni Bayesian McNemar Friedman',
)
const IMAGES = list('nginx redis postgres python node golang alpine busybox debian envoy grafana')
const ZONES = list('UTC GMT CET CEST PST PDT MST MDT CST CDT EDT EST BST JST IST Z AM PM am pm')
const DAYS = list('Monday Tuesday Wednesday Thursday Friday Saturday Sunday')
const MONTHS = list('January February March April May June July August September October November December')
const SYMPTOMS = list(
  'fever cough nausea headache dizziness fatigue rash wheezing palpitations syncope diarrhea constipation itching insomnia dyspnea vomiting swelling numbness hematuria jaundice',
)
const DISEASES = [
  ...list(
    'pneumonia asthma gout migraine psoriasis cellulitis sepsis anemia hypothyroidism osteoporosis pancreatitis appendicitis hepatitis endocarditis epilepsy sarcoidosis eczema glaucoma sinusitis bronchiolitis',
  ),
  'atrial fibrillation',
  'heart failure',
  'type 2 diabetes',
  'chronic kidney disease',
  'iron deficiency',
  'deep vein thrombosis',
  'pulmonary embolism',
  'essential hypertension',
  'major depressive disorder',
  'rheumatoid arthritis',
  'acute kidney injury',
  'urinary tract infection',
  'peripheral neuropathy',
  'sleep apnea',
  'multiple sclerosis',
  'carpal tunnel syndrome',
  'diverticulitis of colon',
  'allergic rhinitis',
  'acute otitis media',
  'degenerative disc disease',
]

const camel = (parts: readonly string[]): string => parts.map((part, at) => (at === 0 ? part : title(part))).join('')
const generic = (random: Random, { terms }: Vocabulary): string =>
  random.chance(0.7) ? random.pick(GENERICS) : random.pick(terms)
const kebab: Slot = (random, vocabulary) => some(random, vocabulary, 1, 3).join('-')
const base64 = (random: Random, length: number): string => draw(random, `${MIXED}+/`, length)
const uuid = (random: Random): string => [8, 4, 4, 4, 12].map((length) => draw(random, HEX, length)).join('-')
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** By name of the slot. */
export const ORDINARY_SLOTS: Readonly<Record<string, Slot>> = {
  word,
  words: (random, vocabulary) => `${word(random, vocabulary)}s`,
  Word: (random, vocabulary) => title(random.chance(0.15) ? random.pick(vocabulary.terms) : word(random, vocabulary)),
  WORD: (random, vocabulary) => word(random, vocabulary).toUpperCase(),
  camel: (random, vocabulary) => camel(some(random, vocabulary, 2, 3)),
  Pascal: (random, vocabulary) => title(camel(some(random, vocabulary, 1, 3))),
  snake: (random, vocabulary) => some(random, vocabulary, 2, 3).join('_'),
  SNAKE: (random, vocabulary) => some(random, vocabulary, 1, 3).join('_').toUpperCase(),
  kebab,
  d1: (random) => number(random, 1),
  d2: (random) => number(random, 2),
  d3: (random) => number(random, 3),
  d4: (random) =>
    random.pick(['1024', '2048', '4096', '8192', number(random, 4), number(random, 4), number(random, 4)]),
  d5: (random) => number(random, random.between(5, 6)),
  port: (random) =>
    random.pick(['3000', '5000', '5173', '5432', '6379', '8000', '8443', '9090', '9200', '27017', number(random, 4)]),
  year: (random) => String(random.between(2005, 2026)),
  age: (random) => String(random.between(2, 89)),
  bp: (random) => `${random.between(90, 180)}/${random.between(50, 100)}`,
  float: (random) => `${random.below(60)}.${number(random, random.between(1, 2))}`,
  version: (random) => `${random.below(30)}.${random.below(20)}.${random.below(40)}`,
  dose: (random) =>
    `${random.pick(['5', '10', '20', '25', '40', '50', '100', '250', '500', '1000', '2.5'])} ${random.pick(['mg', 'mg', 'mcg', 'g', 'units'])}`,
  hex7: (random) => draw(random, HEX, random.between(7, 10)),
  hex8: (random) => draw(random, HEX, 8),
  hexn: (random) => draw(random, random.chance(0.5) ? HEX : HEX.toUpperCase(), random.between(2, 12)),
  hex12: (random) => draw(random, HEX, 12),
  hex16: (random) => draw(random, HEX, 16),
  hex17: (random) => draw(random, HEX, 17),
  hex40: (random) => draw(random, HEX, 40),
  hex64: (random) => draw(random, HEX, 64),
  md5: (random) => draw(random, HEX, 32),
  colons: (random) => Array.from({ length: random.between(6, 20) }, () => draw(random, HEX.toUpperCase(), 2)).join(':'),
  b64: (random) => base64(random, random.pick([22, 43, 64, 86])),
  rand: (random) => draw(random, random.chance(0.5) ? MIXED : ALPHANUMERIC, random.between(6, 26)),
  uuid,
  jwt: (random) =>
    [
      encode({ alg: random.pick(ALGORITHMS), typ: 'JWT' }),
      encode({ aud: draw(random, MIXED, 9), exp: random.below(1e9) }),
      base64(random, 43).replace(/[+/]/g, '_'),
    ].join('.'),
  rshash: (random) => draw(random, SAFE, random.between(8, 10)),
  pod: (random, vocabulary) =>
    `${kebab(random, vocabulary)}-${draw(random, SAFE, random.between(8, 10))}-${draw(random, SAFE, 5)}`,
  image: (random) =>
    `${random.pick(IMAGES)}:${random.below(20)}.${random.below(20)}${random.pick(['', '-alpine', '-slim', '.3', '.11-bookworm'])}`,
  color: (random) => `#${draw(random, random.chance(0.5) ? HEX : HEX.toUpperCase(), random.pick([6, 6, 6, 3, 8]))}`,
  icd: (random) =>
    `${draw(random, CAPITALS, 1)}${number(random, 2)}${random.pick(['', `.${random.below(10)}`, `.${number(random, 2)}`, `.${number(random, 3)}`, `.${draw(random, CAPITALS, 1)}`, `.${number(random, 2)}${random.pick(['A', 'D', 'S', 'XA'])}`])}`,
  loinc: (random) => `${number(random, random.between(3, 5))}-${random.below(10)}`,
  snomed: (random) =>
    random.pick([
      '44054006',
      '22298006',
      '84114007',
      '13645005',
      '49436004',
      '271737000',
      '59621000',
      '233604007',
      '25064002',
      '386661006',
      '267036007',
      '40930008',
      '414545008',
      '35489007',
      '302866003',
      '709044004',
    ]),
  cpt: (random) => random.pick([number(random, 5), `99${number(random, 3)}`, `8${number(random, 4)}`]),
  hcpcs: (random) => `${draw(random, 'ABCEGHJKLPQSTV', 1)}${number(random, 4)}`,
  rx: (random) => number(random, random.between(4, 6)),
  ndc: (random) => `${number(random, 5)}-${number(random, 4)}-${number(random, 2)}`,
  atc: (random) =>
    `${draw(random, 'ABCDGHJLMNPRSV', 1)}0${random.between(1, 9)}${draw(random, CAPITALS, 2)}${number(random, 2)}`,
  oid: (random) => `2.16.840.1.${number(random, 6)}.${number(random, 1)}.${number(random, 3)}`,
  drug: (random, vocabulary) => generic(random, vocabulary),
  Drug: (random, vocabulary) => title(generic(random, vocabulary)),
  Lab: (random) => random.pick(random.chance(0.7) ? LABS : ABBREVIATIONS),
  LAB: (random) => random.pick(LABS).toUpperCase(),
  Eponym: (random) => random.pick(EPONYMS),
  Acronym: (random) => random.pick(ACRONYMS),
  Abbr: (random) => title(random.pick(ABBREVIATIONS).toLowerCase()),
  ABBR: (random) => random.pick(random.chance(0.6) ? ABBREVIATIONS : ACRONYMS),
  TERMABBR: (random) => random.pick(ABBREVIATIONS),
  Tool: (random) => random.pick(TOOLS),
  Lang: (random) => random.pick(LANGUAGES),
  Language: (random) => random.pick(TONGUES),
  Country: (random) => random.pick(COUNTRIES),
  Day: (random) => random.pick(DAYS),
  Zone: (random) => random.pick(ZONES),
  Month: (random) => random.pick(MONTHS),
  Cssname: (random) => random.pick(CSS_NAMES),
  Font: (random) => random.pick(FONTS),
  Alg: (random) => random.pick(ALGORITHMS),
  Digest: (random) => random.pick(DIGESTS),
  Cipher: (random) => random.pick(CIPHERS),
  ERRNO: (random) => random.pick(ERRORS),
  LEVEL: (random) => random.pick(LEVELS),
  level: (random) => random.pick(LEVELS).toLowerCase(),
  Kind: (random) => random.pick(KINDS),
  Unit: (random) => random.pick(UNITS),
  Body: (random) => random.pick(BODY),
  Stat: (random) => random.pick(STATISTICS),
  term: (random) => random.pick(DISEASES),
  Term: (random) => title(random.pick(DISEASES)),
  symptom: (random) => random.pick(SYMPTOMS),
  med: (random, { med }) => random.pick(med),
  Med: (random, { med }) => title(random.pick(med)),
  MED: (random, { med }) => random.pick(med).toUpperCase(),
  Opener: (random, { opener }) => random.pick(opener),
  OPENER: (random, { opener }) => random.pick(opener).toUpperCase(),
  trade: (random, { trade }) => random.pick(trade),
  WORD1: (random) => draw(random, CAPITALS, 1),
}
