import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // In a real browser: npm run test:page.
    exclude: ['test/inspect/browser/**', 'node_modules/**'],
    testTimeout: 20_000,
    // Also on two cores: the longest files wait for processes of their own most of the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
