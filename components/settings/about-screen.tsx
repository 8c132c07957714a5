'use client';

/** What this installation is made of, and where its machine-readable sides are. */
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/components/trpc/provider';
import { CopyButton } from '@/components/ui/copy-button';
import { Facts } from '@/components/ui/facts';
import { ErrorState, Skeleton } from '@/components/ui/states';
import styles from './settings.module.css';
import { SettingsColumn, SettingsPanel } from './settings-panel';

const links = [
  { href: '/api/v1/openapi.json', label: 'REST API as OpenAPI 3.1' },
  { href: '/healthz', label: 'Health: the process answers' },
  { href: '/readyz', label: 'Readiness: database, Redis and migrations' },
  { href: '/metrics', label: 'Metrics for Prometheus' },
];

export function AboutScreen() {
  const system = useQuery(useTRPC().system.version.queryOptions());
  return (
    <SettingsColumn>
      <SettingsPanel title="Versions">
        {system.data ? (
          <>
            <Facts
              facts={[
                { name: 'Headrace', value: system.data.version },
                { name: 'Node', value: system.data.node },
                { name: 'Postgres', value: system.data.postgres },
                { name: 'Redis', value: system.data.redis },
              ]}
            />
            <div className="bar">
              <CopyButton
                text={`Headrace ${system.data.version}, Node ${system.data.node}, Postgres ${system.data.postgres}, Redis ${system.data.redis}`}
                label="Copy for a report"
                words
              />
            </div>
          </>
        ) : system.error ? (
          <ErrorState
            error={system.error}
            title="The versions could not be read"
            onRetry={() => void system.refetch()}
            isRetrying={system.isFetching}
          />
        ) : (
          <div role="status" aria-label="Loading the versions">
            <Skeleton width="180px" />
          </div>
        )}
      </SettingsPanel>
      <SettingsPanel title="For programs">
        <ul className={styles.links}>
          {links.map(({ href, label }) => (
            <li key={href}>
              <a className="link" href={href} target="_blank" rel="noopener">
                {label}
              </a>{' '}
              <code className="faint">{href}</code>
            </li>
          ))}
        </ul>
      </SettingsPanel>
    </SettingsColumn>
  );
}
