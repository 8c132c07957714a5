'use client';

/** The last resort, when the root layout itself broke: its own document, no providers, no data. */
import { PlainPage } from '@/components/frame/plain-page';
import './globals.css';

export default function GlobalError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en" data-theme="system">
      <body>
        <title>Something broke: Headrace</title>
        <main>
          <PlainPage
            title="Headrace could not be shown"
            actions={
              <>
                <button type="button" className="btn primary" onClick={retry}>
                  Try again
                </button>
                <button type="button" className="btn" onClick={() => location.reload()}>
                  Reload
                </button>
              </>
            }
          >
            <p>
              Something broke before the page could be drawn. Nothing you saved is lost; runs go on without this page.
            </p>
          </PlainPage>
        </main>
      </body>
    </html>
  );
}
