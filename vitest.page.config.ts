import { defineConfig } from 'vitest/config';

/** `npm run test:page`: the page in a real browser. */
export default defineConfig({
  test: {
    include: ['test/inspect/browser/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
