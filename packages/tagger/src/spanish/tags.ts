import type { PhiClass, Role } from '@breakwater/deid'

/** The types of MEDDOCAN in our classes, or nothing where a type identifies nobody by itself (kinship, occupation, sex). */
interface Meaning {
  readonly class: PhiClass
  readonly role: Role
}

/** The types that its train part holds, in the order of the model's tags. https://temu.bsc.es/meddocan */
export const TYPES: Readonly<Record<string, Meaning | null>> = {
  CALLE: { class: 'STREET', role: 'unknown' },
  CENTRO_SALUD: { class: 'FACILITY', role: 'unknown' },
  CORREO_ELECTRONICO: { class: 'EMAIL', role: 'unknown' },
  EDAD_SUJETO_ASISTENCIA: { class: 'AGE', role: 'patient' },
  FAMILIARES_SUJETO_ASISTENCIA: null,
  FECHAS: { class: 'DATE', role: 'unknown' },
  HOSPITAL: { class: 'FACILITY', role: 'unknown' },
  ID_ASEGURAMIENTO: { class: 'PLAN_ID', role: 'patient' },
  ID_CONTACTO_ASISTENCIAL: { class: 'OTHER_ID', role: 'patient' },
  ID_EMPLEO_PERSONAL_SANITARIO: { class: 'LICENCE', role: 'clinician' },
  ID_SUJETO_ASISTENCIA: { class: 'MRN', role: 'patient' },
  ID_TITULACION_PERSONAL_SANITARIO: { class: 'LICENCE', role: 'clinician' },
  INSTITUCION: { class: 'FACILITY', role: 'unknown' },
  NOMBRE_PERSONAL_SANITARIO: { class: 'NAME', role: 'clinician' },
  NOMBRE_SUJETO_ASISTENCIA: { class: 'NAME', role: 'patient' },
  NUMERO_FAX: { class: 'FAX', role: 'unknown' },
  NUMERO_TELEFONO: { class: 'PHONE', role: 'unknown' },
  OTROS_SUJETO_ASISTENCIA: { class: 'CHARACTERISTIC', role: 'patient' },
  PAIS: { class: 'COUNTRY', role: 'unknown' },
  PROFESION: null,
  SEXO_SUJETO_ASISTENCIA: null,
  TERRITORIO: { class: 'CITY', role: 'unknown' },
}
