import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ADVERSARIES, PROPERTIES } from '../../properties/index.ts';
import { CONTRACT_RULES } from '../../properties/contract/rules.ts';
import { EXHIBITS } from '../museum/exhibits/index.ts';
import { PLANTED } from '../museum/planted/index.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

it('the README counts adversaries, properties, rules and bugs as there are', () => {
  expect(README).toContain(`among ${ADVERSARIES.length} kinds of liars and faults`);
  expect(README).toContain(`with ${ADVERSARIES.length} kinds of liars and faults`);
  expect(README).toContain(`held against ${PROPERTIES.length} named properties and ${CONTRACT_RULES.length} rules`);
  expect(README).toContain(`| ${EXHIBITS.length} bugs that other block syncs really had`);
  expect(README).toContain(`| ${PLANTED.length} bugs that nobody had`);
});
