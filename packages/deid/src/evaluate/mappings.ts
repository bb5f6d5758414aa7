import type { PhiClass, Role } from '../types.ts'
import type { StaysWhen } from './stays.ts'

/** What a corpus calls a label, in our classes. `stays` names what the law lets stay: neither hit nor miss. */
type Mapped = {
  readonly class: PhiClass
  readonly role?: Role
  readonly stays?: StaysWhen
}

/** By the label of the corpus. `null`: identifies nobody by itself, or the law lets it stay always. */
export type LabelMap = Readonly<Record<string, Mapped | null>>

const ADDRESS = { class: 'STREET' } as const
const PLACE = { class: 'CITY', stays: 'state-or-country' } as const
const DATE = { class: 'DATE', stays: 'bare-year' } as const
const AGE = { class: 'AGE', stays: 'under-90' } as const

/** https://github.com/JamesWeatherhead/asq-phi: everything that is labelled must go. */
const ASQ: LabelMap = {
  NAME: { class: 'NAME' },
  GEOGRAPHIC_LOCATION: { class: 'CITY' },
  DATE: { class: 'DATE' },
  MEDICAL_RECORD_NUMBER: { class: 'MRN' },
  HEALTH_PLAN_BENEFICIARY_NUMBER: { class: 'PLAN_ID' },
  UNIQUE_IDENTIFIER: { class: 'OTHER_ID' },
  PHONE_NUMBER: { class: 'PHONE' },
  FAX_NUMBER: { class: 'FAX' },
  EMAIL_ADDRESS: { class: 'EMAIL' },
  SOCIAL_SECURITY_NUMBER: { class: 'SSN' },
  ACCOUNT_NUMBER: { class: 'ACCOUNT' },
  CERTIFICATE_LICENSE_NUMBER: { class: 'LICENCE' },
  VEHICLE_IDENTIFIER: { class: 'VEHICLE' },
  DEVICE_IDENTIFIER: { class: 'DEVICE' },
  WEB_URL: { class: 'URL' },
  IP_ADDRESS: { class: 'IP' },
  BIOMETRIC_IDENTIFIER: { class: 'BIOMETRIC' },
  AGE,
}

/** The entities of presidio-research. Organisations, titles and nationalities by themselves name no patient. */
const PRESIDIO: LabelMap = {
  PERSON: { class: 'NAME' },
  FIRST_NAME: { class: 'NAME' },
  LAST_NAME: { class: 'NAME' },
  STREET_ADDRESS: ADDRESS,
  ADDRESS,
  GPE: PLACE,
  LOCATION: PLACE,
  DATE_TIME: DATE,
  DATE,
  DATE_OF_BIRTH: DATE,
  AGE,
  ZIP_CODE: { class: 'ZIP' },
  ZIPCODE: { class: 'ZIP' },
  PHONE_NUMBER: { class: 'PHONE' },
  PHONE: { class: 'PHONE' },
  EMAIL_ADDRESS: { class: 'EMAIL' },
  EMAIL: { class: 'EMAIL' },
  US_SSN: { class: 'SSN' },
  SSN: { class: 'SSN' },
  CREDIT_CARD: { class: 'ACCOUNT' },
  IBAN_CODE: { class: 'ACCOUNT' },
  IBAN: { class: 'ACCOUNT' },
  ACCOUNT_NUMBER: { class: 'ACCOUNT' },
  US_BANK_NUMBER: { class: 'ACCOUNT' },
  US_DRIVER_LICENSE: { class: 'LICENCE' },
  US_PASSPORT: { class: 'LICENCE' },
  MEDICAL_LICENSE: { class: 'LICENCE', role: 'clinician' },
  VIN: { class: 'VEHICLE' },
  IMEI: { class: 'DEVICE' },
  DOMAIN_NAME: { class: 'URL' },
  URL: { class: 'URL' },
  IP_ADDRESS: { class: 'IP' },
  ID_NUM: { class: 'OTHER_ID' },
  API_KEY: { class: 'OTHER_ID' },
  ORGANIZATION: null,
  NRP: null,
  TITLE: null,
  PREFIX: null,
  GENDER: null,
  MEDICATION: null,
  CONDITION: null,
  LAB_TEST: null,
  BODY_SITE: null,
  PROCEDURE: null,
  AMOUNT: null,
  CURRENCY: null,
  CREDIT_CARD_ISSUER: null,
  BIC: null,
}

/** https://temu.bsc.es/meddocan: sex, country, kinship and occupation are not among the eighteen of Safe Harbor. */
const MEDDOCAN: LabelMap = {
  NOMBRE_SUJETO_ASISTENCIA: { class: 'NAME', role: 'patient' },
  NOMBRE_PERSONAL_SANITARIO: { class: 'NAME', role: 'clinician' },
  CALLE: { class: 'STREET' },
  TERRITORIO: { class: 'CITY' },
  HOSPITAL: { class: 'FACILITY' },
  CENTRO_SALUD: { class: 'FACILITY' },
  INSTITUCION: { class: 'FACILITY' },
  FECHAS: DATE,
  EDAD_SUJETO_ASISTENCIA: AGE,
  ID_SUJETO_ASISTENCIA: { class: 'MRN' },
  ID_ASEGURAMIENTO: { class: 'PLAN_ID' },
  ID_CONTACTO_ASISTENCIAL: { class: 'OTHER_ID' },
  ID_EMPLEO_PERSONAL_SANITARIO: { class: 'LICENCE', role: 'clinician' },
  ID_TITULACION_PERSONAL_SANITARIO: { class: 'LICENCE', role: 'clinician' },
  CORREO_ELECTRONICO: { class: 'EMAIL' },
  NUMERO_TELEFONO: { class: 'PHONE' },
  NUMERO_FAX: { class: 'FAX' },
  URL_WEB: { class: 'URL' },
  DIREC_PROT_INTERNET: { class: 'IP' },
  IDENTIF_VEHICULOS_NRSERIE_PLACAS: { class: 'VEHICLE' },
  IDENTIF_DISPOSITIVOS_NRSERIE: { class: 'DEVICE' },
  IDENTIF_BIOMETRICOS: { class: 'BIOMETRIC' },
  NUMERO_BENEF_PLAN_SALUD: { class: 'PLAN_ID' },
  OTRO_NUMERO_IDENTIF: { class: 'OTHER_ID' },
  OTROS_SUJETO_ASISTENCIA: { class: 'CHARACTERISTIC' },
  SEXO_SUJETO_ASISTENCIA: null,
  PAIS: null,
  FAMILIARES_SUJETO_ASISTENCIA: null,
  PROFESION: null,
}

/** Type names of the i2b2 shared tasks of 2006, 2014 and 2016, from their published guidelines. */
const I2B2: LabelMap = {
  PATIENT: { class: 'NAME', role: 'patient' },
  DOCTOR: { class: 'NAME', role: 'clinician' },
  NAME: { class: 'NAME' },
  USERNAME: { class: 'USERNAME' },
  PROFESSION: null,
  HOSPITAL: { class: 'FACILITY' },
  DEPARTMENT: { class: 'FACILITY' },
  ROOM: { class: 'FACILITY' },
  ORGANIZATION: { class: 'EMPLOYER' },
  STREET: { class: 'STREET' },
  CITY: { class: 'CITY' },
  STATE: null,
  COUNTRY: null,
  ZIP: { class: 'ZIP' },
  LOCATION: PLACE,
  'LOCATION-OTHER': { class: 'GEO' },
  LOCATION_OTHER: { class: 'GEO' },
  OTHER: { class: 'OTHER_ID' },
  AGE,
  DATE,
  PHONE: { class: 'PHONE' },
  FAX: { class: 'FAX' },
  EMAIL: { class: 'EMAIL' },
  URL: { class: 'URL' },
  IPADDR: { class: 'IP' },
  IPADDRESS: { class: 'IP' },
  SSN: { class: 'SSN' },
  ID: { class: 'OTHER_ID' },
  MEDICALRECORD: { class: 'MRN' },
  HEALTHPLAN: { class: 'PLAN_ID' },
  ACCOUNT: { class: 'ACCOUNT' },
  LICENSE: { class: 'LICENCE' },
  VEHICLE: { class: 'VEHICLE' },
  DEVICE: { class: 'DEVICE' },
  BIOID: { class: 'BIOMETRIC' },
  IDNUM: { class: 'OTHER_ID' },
}

/** Every class of ours. What Safe Harbor keeps is tagged, and neither hit nor miss. */
const OWN: LabelMap = {
  NAME: { class: 'NAME' },
  INITIALS: { class: 'INITIALS' },
  STREET: { class: 'STREET' },
  CITY: { class: 'CITY' },
  COUNTY: { class: 'COUNTY' },
  STATE: null,
  COUNTRY: null,
  ZIP: { class: 'ZIP' },
  GEO: { class: 'GEO' },
  FACILITY: { class: 'FACILITY' },
  DATE: { class: 'DATE' },
  TIME: { class: 'TIME' },
  DATE_PART: { class: 'DATE_PART' },
  YEAR: null,
  AGE,
  PHONE: { class: 'PHONE' },
  FAX: { class: 'FAX' },
  EMAIL: { class: 'EMAIL' },
  SSN: { class: 'SSN' },
  MRN: { class: 'MRN' },
  PLAN_ID: { class: 'PLAN_ID' },
  ACCOUNT: { class: 'ACCOUNT' },
  LICENCE: { class: 'LICENCE' },
  VEHICLE: { class: 'VEHICLE' },
  DEVICE: { class: 'DEVICE' },
  URL: { class: 'URL' },
  IP: { class: 'IP' },
  BIOMETRIC: { class: 'BIOMETRIC' },
  PHOTO: { class: 'PHOTO' },
  OTHER_ID: { class: 'OTHER_ID' },
  USERNAME: { class: 'USERNAME' },
  CHARACTERISTIC: { class: 'CHARACTERISTIC' },
  EMPLOYER: { class: 'EMPLOYER' },
}

export type LabelMapName = 'own' | 'asq' | 'presidio' | 'meddocan' | 'i2b2'

export const LABEL_MAPS: Readonly<Record<LabelMapName, LabelMap>> = {
  own: OWN,
  asq: ASQ,
  presidio: PRESIDIO,
  meddocan: MEDDOCAN,
  i2b2: I2B2,
}
