import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ERRORS_PAGE, errorsPage } from '../../docs/generate-errors.ts';

it('docs/errors.md is what the code says; `npm run generate:errors` writes it anew', () => {
  expect(readFileSync(ERRORS_PAGE, 'utf8')).toBe(errorsPage());
});
