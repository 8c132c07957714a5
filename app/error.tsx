'use client';

/** Stands in for a page outside the frame that broke. */
import { FailedPage, type FailedPageProps } from '@/components/frame/failed-page';

export default function ErrorPage(props: FailedPageProps) {
  return (
    <main>
      <FailedPage {...props} />
    </main>
  );
}
