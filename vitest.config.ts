import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // In a real browser: npm run test:page.
    exclude: ['test/inspect/browser/**', 'node_modules/**'],
    testTimeout: 20_000,
  },
});
