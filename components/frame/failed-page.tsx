'use client';

/** What stands in for a page that broke: what is known, a way to try again, a way out. */
import { Button, ButtonLink } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { describeProblem } from '@/components/ui/problem';
import { PlainPage } from './plain-page';

export interface FailedPageProps {
  error: unknown;
  retry: () => void;
}

/** The mark Next puts on errors of the server, by which the log entry is found. */
const digestOf = (error: unknown): string | null =>
  error instanceof Error && 'digest' in error && typeof error.digest === 'string' ? error.digest : null;

export function FailedPage({ error, retry }: FailedPageProps) {
  const digest = digestOf(error);
  // Next hides messages of the server in production; the sentence it puts instead helps nobody.
  const message = digest === null ? describeProblem(error).message : 'The server could not draw this page.';
  return (
    <PlainPage
      title="This page could not be shown"
      actions={
        <>
          <Button variant="primary" icon="retry" onClick={retry}>
            Try again
          </Button>
          <ButtonLink href="/flows">Go to flows</ButtonLink>
        </>
      }
    >
      <p>{message} Nothing you saved is lost.</p>
      {digest && (
        <p className="bar">
          <span>
            In the log of the server it is marked <code>{digest}</code>
          </span>
          <CopyButton text={digest} label="Copy the mark" />
        </p>
      )}
    </PlainPage>
  );
}
