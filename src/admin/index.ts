/** A running node's own endpoint, for operators: status, metrics, health. Read only. */
export { createAdminServer } from './admin-server.ts';
export type { AdminServer, AdminServerOptions } from './admin-server.ts';
export { ADMIN_HOST, ADMIN_PORT, SERVICE } from './service.ts';
export type { StatusAnswer } from './service.ts';
export { askStatus } from './ask-status.ts';
export type { AskOptions } from './ask-status.ts';
