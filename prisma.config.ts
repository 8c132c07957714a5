/**
 * Where Prisma's own commands find the schema and, for those that talk to a database, its address. The application
 * does not read this: `npm run migrate` applies migrations without Prisma's downloaded engine.
 */
import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
