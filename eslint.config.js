import { builtinRules } from 'eslint/use-at-your-own-risk';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { pure } from './eslint.pure.config.js';

export default defineConfig(
  { ignores: ['dist/', 'coverage/', '.tmp/', 'src/wire/generated/', 'docs/charts/'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    // Comments switch no rule off: a rule that is wrong somewhere is changed here, where everybody sees it.
    linterOptions: { noInlineConfig: true },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Ports are asynchronous, and what implements them often is not.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['machines/**/*.ts', 'src/**/*.ts', 'src/**/*.tsx', 'properties/**/*.ts'],
    // A file over 300 lines should be split; over 400 it must be.
    plugins: { advice: { rules: { 'max-lines': builtinRules.get('max-lines') } } },
    rules: {
      'advice/max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['properties/**/*.ts', 'test/**/*.ts'],
    // Suites are lists of cases, taken apart into their name and what they run.
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  pure(['machines/**/*.ts', 'src/core/**/*.ts', 'src/protocol/**/*.ts']),
);
