/** The same answer inside the frame: a flow, a run or a page of it that is not there. */
import { PlainPage } from '@/components/frame/plain-page';
import { ButtonLink } from '@/components/ui/button';

export default function NotFoundInFrame() {
  return (
    <PlainPage
      title="This is not here"
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
        It may have been deleted, or it belongs to another workspace. Runs leave when the time they are kept is over.
      </p>
    </PlainPage>
  );
}
