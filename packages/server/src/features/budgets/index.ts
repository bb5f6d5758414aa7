export { createBudgets } from './budgets.ts'
export { budgetRoutes } from './routes.ts'
export type { BudgetService, Reservation, Usage } from './types.ts'
