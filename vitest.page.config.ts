import { defineConfig } from 'vitest/config';

/** `npm run test:page`: the page in a real browser. */
export default defineConfig({
  test: {
    include: ['test/inspect/browser/**/*.test.ts'],
    testTimeout: 400_000,
    hookTimeout: 200_000,
    fileParallelism: false,
  },
});
