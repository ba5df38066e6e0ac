import { expect, test } from 'vitest';
import { embeddingExample } from './readme-example.ts';

test('the example is the ts block right after the marker', () => {
  const readme =
    '```ts\nearlier();\n```\n<!-- embedding -->\n\n```ts\nfirst();\nsecond();\n```\n\n```ts\nlater();\n```\n';
  expect(embeddingExample(readme)).toBe('first();\nsecond();');
});

test.each([
  ['no marker', '```ts\nfirst();\n```\n', /no marker <!-- embedding -->/],
  ['no block', '<!-- embedding -->\nSoon.\n', /no ```ts block/],
  ['a block of another language', '<!-- embedding -->\n```sh\nls\n```\n', /no ```ts block/],
  ['a block that belongs to another paragraph', '<!-- embedding -->\nSoon.\n```ts\nfirst();\n```\n', /no ```ts block/],
])('%s is an error that says so', (_what, readme, message) => {
  expect(() => embeddingExample(readme)).toThrow(message);
});
