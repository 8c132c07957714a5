/**
 * What the browser is told to refuse. That no page breaks its own policy is watched in every story; here is what the
 * answers say.
 */
import { pathOf, twoSteps } from './documents';
import { expect, test } from './stories';
import { own } from './world/own';

test('Every page comes with a strict policy, a nonce of its own, and refuses to be framed', async ({ page }) => {
  const policies = new Set<string>();
  for (const path of ['/flows', '/runs', '/settings/profile', '/nowhere']) {
    const answer = await page.goto(path);
    const headers = answer?.headers() ?? {};
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toMatch(/script-src [^;]*'nonce-[^']+'/);
    expect(policy).not.toMatch(/script-src [^;]*unsafe/);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    policies.add(policy);
  }
  expect(policies.size).toBe(4);
});

test('What a webhook answers cannot act as a page of ours', async ({ api }) => {
  const name = own('Answers');
  const document = twoSteps(name);
  await api.publishedFlow({
    ...document,
    steps: [
      { id: 'received', kind: 'trigger.webhook', config: { path: pathOf(name), respond: 'step' } },
      {
        id: 'shaped',
        kind: 'webhook.respond',
        config: {
          status: 200,
          headers: { 'content-type': 'text/html' },
          body: '<script>alert(document.cookie)</script>',
        },
      },
    ],
  });
  const answer = await api.hook(pathOf(name), {});
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('<script>');
  expect(answer.headers.get('content-security-policy')).toContain('sandbox');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('set-cookie')).toBeNull();

  const refused = await api.hook(`${pathOf(name)}/nobody`, {});
  expect(refused.status).toBe(404);
  expect(refused.headers.get('content-security-policy')).toContain('sandbox');
  expect(refused.headers.get('x-content-type-options')).toBe('nosniff');
});
