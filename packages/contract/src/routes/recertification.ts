import { z } from 'zod'
import {
  recertificationAnswerSchema,
  recertificationInputSchema,
  recertificationItemSchema,
  recertificationSchema,
} from '../recertification.ts'
import type { RouteTable } from '../route.ts'

export const RECERTIFICATION_ROUTES = {
  startRecertification: {
    method: 'POST',
    path: '/api/v1/recertifications',
    action: 'recertify',
    body: recertificationInputSchema,
    answer: recertificationSchema,
  },
  listRecertifications: {
    method: 'GET',
    path: '/api/v1/recertifications',
    action: 'recertify',
    answer: z.object({ recertifications: z.array(recertificationSchema) }),
  },
  getRecertification: {
    method: 'GET',
    path: '/api/v1/recertifications/:id',
    action: 'recertify',
    answer: recertificationSchema.extend({ items: z.array(recertificationItemSchema) }),
  },
  answerRecertification: {
    method: 'POST',
    path: '/api/v1/recertifications/:id/items/:item/answer',
    action: 'recertify',
    body: recertificationAnswerSchema,
  },
} as const satisfies RouteTable
