/** The answer to an address that leads nowhere. */
import type { Metadata } from 'next';
import { PlainPage } from '@/components/frame/plain-page';
import { ButtonLink } from '@/components/ui/button';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <main>
      <PlainPage
        title="There is nothing at this address"
        actions={
          <>
            <ButtonLink variant="primary" href="/flows">
              Go to flows
            </ButtonLink>
            <ButtonLink href="/runs">Go to runs</ButtonLink>
          </>
        }
      >
        <p>
          It may have been deleted, it may belong to another workspace, or the link may have lost its end on the way.
        </p>
      </PlainPage>
    </main>
  );
}
