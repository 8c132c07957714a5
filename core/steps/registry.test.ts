/// <reference types="vite/client" />
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '@/core/json';
import type { StepKind, StepManifest } from '@/core/steps/contract';
import { findKind, isStepKindName, stepKinds } from '@/core/steps/registry';
import { asResolved, asWritten } from '@/core/steps/templated';
import { configFaults } from '@/core/steps/testing';

const manifests = import.meta.glob<{ manifest: StepManifest }>('./*/manifest.ts', { eager: true });
const executors = import.meta.glob<{ executor: StepKind['executor'] }>('./*/execute.ts', { eager: true });
const tests = import.meta.glob('./*/*.test.ts');
const guides = import.meta.glob<string>('./*/guide.md', { eager: true, query: '?raw', import: 'default' });

const folders = Object.keys(manifests).map((path) => path.split('/')[1] ?? '');
const kinds = Object.entries<StepKind>(stepKinds);
const folderOf = (kind: string): string =>
  kind.replace('.', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Keys of the config object, by what zod knows of it. */
const configKeys = (schema: z.ZodType): string[] => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []);

describe('the registry', () => {
  it('holds every folder, and nothing without one', () => {
    expect(kinds.map(([kind]) => folderOf(kind)).toSorted()).toEqual(folders.toSorted());
  });

  it('finds kinds by name, and nothing that every object has', () => {
    expect(findKind('http.request')?.manifest.label).toBe('HTTP request');
    expect([findKind('flow.fork'), findKind('constructor'), findKind('__proto__')]).toEqual([null, null, null]);
    expect(isStepKindName('toString')).toBe(false);
  });
});

describe.each(kinds)('%s', (kind, { manifest, executor }) => {
  const folder = folderOf(kind);

  it('is registered under its own name, with the manifest and executor of its folder', () => {
    expect(manifest.kind).toBe(kind);
    expect(manifests[`./${folder}/manifest.ts`]?.manifest).toBe(manifest);
    expect(executors[`./${folder}/execute.ts`]?.executor).toBe(executor);
  });

  it('has a guide that names the step and each of its fields, and a test', () => {
    const guide = guides[`./${folder}/guide.md`] ?? '';
    expect(guide.startsWith(`# ${manifest.label}\n`)).toBe(true);
    expect(manifest.fields.map(({ name }) => name).filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
    expect(Object.keys(tests)).toContain(`./${folder}/${folder}.test.ts`);
  });

  it('describes every config field in its form, and no other', () => {
    const described = manifest.fields.map(({ name }) => name);
    expect(configKeys(manifest.config(asWritten)).toSorted()).toEqual(described.toSorted());
    expect(new Set(described).size).toBe(described.length);
  });

  it('marks as required exactly what its schema requires', () => {
    const missing = configFaults({ ...manifest, check: undefined }, {});
    const required = manifest.fields.filter((field) => field.required).map(({ name }) => `field.required /${name}`);
    expect(missing.toSorted()).toEqual(required.toSorted());
  });

  it('has an example without faults, that a form can show', () => {
    expect(configFaults(manifest, manifest.example)).toEqual([]);
  });

  it('shows the defaults that its schema fills in', () => {
    const filled = manifest.config(asWritten).parse(manifest.example) as JsonObject;
    const wrong = manifest.fields.filter(
      ({ name, defaultValue }) =>
        defaultValue !== undefined &&
        !Object.hasOwn(manifest.example, name) &&
        Object.hasOwn(filled, name) &&
        JSON.stringify(filled[name]) !== JSON.stringify(defaultValue),
    );
    expect(wrong).toEqual([]);
  });

  it('offers only options that its schema accepts', () => {
    const wrong = manifest.fields.flatMap(({ name, options }) =>
      (options ?? [])
        .filter(
          ({ value }) =>
            configFaults({ ...manifest, check: undefined }, { ...manifest.example, [name]: value }).length > 0,
        )
        .map(({ value }) => `${name} ${value}`),
    );
    expect(wrong).toEqual([]);
  });

  it('takes an expression exactly where the form says so', () => {
    const text = '{{ event.data.x }}';
    const accepted = manifest.fields
      .filter(({ name, widget }) => widget !== 'switchCases' && configKeys(manifest.config(asResolved)).includes(name))
      .filter(
        ({ name }) =>
          !configFaults({ ...manifest, check: undefined }, { ...manifest.example, [name]: text }).some((fault) =>
            fault.endsWith(`/${name}`),
          ),
      );
    const templated = manifest.fields.filter(({ isTemplated, widget }) => isTemplated && widget !== 'switchCases');
    expect(templated.filter(({ name }) => !accepted.some((field) => field.name === name))).toEqual([]);
  });

  it('has ports and a summary for any config, however broken', () => {
    const broken: JsonObject[] = [
      {},
      { cases: 'x', types: 7, url: null, method: [], path: {}, output: 3, status: {}, type: [] },
    ];
    for (const config of [...broken, manifest.example]) {
      expect(manifest.summary(config).verb).not.toBe('');
      const ports = manifest.ports(config).map(({ name }) => name);
      expect(new Set(ports).size).toBe(ports.length);
    }
  });

  it('has out first, error behind it, and compensate last, where it has them', () => {
    const ports = manifest.ports(manifest.example).map(({ name }) => name);
    expect(ports.indexOf('out')).toBeLessThanOrEqual(0);
    const others = ports.filter((name) => name !== 'compensate');
    expect([-1, others.length - 1]).toContain(others.indexOf('error'));
    expect([-1, ports.length - 1]).toContain(ports.indexOf('compensate'));
  });

  it('can be executed, unless it is a trigger', () => {
    expect(executor === null).toBe(manifest.isTrigger);
    expect(executor?.settle !== undefined).toBe(manifest.nature === 'effect');
  });
});
