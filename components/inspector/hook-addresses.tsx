'use client';

/** Where the webhooks of the flow answer, to copy, each with a command that tries it. Says when nothing answers yet. */
import { useEditor } from '@/components/canvas/store/editor-context';
import { CopyButton } from '@/components/ui/copy-button';
import { useInspector } from './inspector-context';
import { curlOf, webhookAddresses } from './webhook-address';

/** @param stepId one trigger; all of the flow when absent */
export function HookAddresses({ stepId }: { stepId?: string }) {
  const document = useEditor((state) => state.document);
  const { sample, hooks, isLive } = useInspector();
  const addresses = webhookAddresses(document, hooks).filter((hook) => stepId === undefined || hook.stepId === stepId);
  if (addresses.length === 0) {
    return null;
  }
  return (
    <section className="hooks" aria-label="Webhook addresses">
      <div className="group">
        {addresses.length === 1 ? 'Webhook address' : 'Webhook addresses'}
        <span className="push faint">{isLive ? 'live' : 'answers once published'}</span>
      </div>
      {addresses.map((hook) => {
        const curl = curlOf(hook, sample.body);
        return (
          <div key={hook.stepId} className="hook">
            <p className="address">
              <code>
                <b>{hook.method}</b> {hook.url}
              </code>
              <CopyButton text={hook.url} label="Copy the address" />
            </p>
            <pre className="sample">{curl}</pre>
            <CopyButton words label="Copy as curl" text={curl} />
          </div>
        );
      })}
    </section>
  );
}
