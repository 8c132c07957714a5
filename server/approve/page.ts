/**
 * The page behind a link, as HTML without a script: it must work in whatever opens a mail. Text of the flow and of the
 * person is escaped where it is put in. Refuses facts of the run and of people: who holds the link is not known.
 */
import type { Fault } from '@/core/errors';
import type { FormField } from '@/core/forms/form-of';
import type { FormEntries } from '@/core/forms/read-form';
import { faultsHtml, fieldHtml } from '@/server/approve/form-html';
import { toHtml } from '@/server/approve/html';
import type { LinkedApproval } from '@/server/services/approvals/approvals-service';

export interface QuestionPage {
  readonly token: string;
  readonly approval: LinkedApproval;
  readonly form: FormField | null;
  readonly entries: FormEntries;
  readonly comment: string;
  /** Pointers into the answer; those of no field are said above the form. */
  readonly faults: readonly Fault[];
}

/** The button that cannot be pressed comes first: what Enter in a field does is done by the first, and must not answer. */
export function questionPage(page: QuestionPage, styles: string): string {
  const { approval, form, token, comment, faults } = page;
  const body = `
<p class="over">${toHtml(approval.flowName)} asks</p>
<h1>${toHtml(approval.title)}</h1>
${approval.description === null ? '' : `<p class="description">${toHtml(approval.description)}</p>`}
<dl>
<div><dt>Asked</dt><dd>${instant(approval.askedAtMs)}</dd></div>
${approval.dueAtMs === null ? '' : `<div><dt>Until</dt><dd>${instant(approval.dueAtMs)}</dd></div>`}
</dl>
${faultsHtml(form, faults)}
<form method="post" action="/approve/${token}" autocomplete="off">
<input type="hidden" name="token" value="${token}">
<button disabled hidden></button>
${form === null ? '' : fieldHtml(form, page)}
<div class="field">
<label for="comment">Comment <span class="optional">optional</span></label>
<textarea id="comment" name="comment" rows="2">\n${toHtml(comment)}</textarea>
</div>
<div class="buttons">
<button class="primary" name="decision" value="approve">Approve</button>
<button name="decision" value="reject" formnovalidate>Reject</button>
</div>
</form>
<p class="foot">Your answer counts at once and cannot be taken back. The link works once.</p>`;
  return document(`${approval.title}: approval`, body, styles);
}

export interface SayingPage {
  readonly title: string;
  readonly says: string;
  readonly role: 'succeeded' | 'failed' | 'plain';
}

export const sayingPage = ({ title, says, role }: SayingPage, styles: string): string =>
  document(title, `<div class="saying ${role}"><h1>${toHtml(title)}</h1><p>${toHtml(says)}</p></div>`, styles);

const document = (title: string, body: string, styles: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="referrer" content="no-referrer">
<title>${toHtml(title)}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style>${styles}</style>
</head>
<body>
<main>
<p class="brand">${mark}<b>Headrace</b></p>
<div class="panel">${body}
</div>
</main>
</body>
</html>
`;

const mark =
  '<svg viewBox="0 0 22 22" aria-hidden="true"><path d="M19.3 12.3a6.8 6.8 0 1 1-11.6-4.8"/>' +
  '<path class="water" d="M1 5.5h11.5a6.8 6.8 0 0 1 6.8 6.8"/><circle cx="12.5" cy="12.3" r="1.7"/></svg>';

/** Nobody's time zone is known here, so it is everybody's. */
function instant(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`;
}
