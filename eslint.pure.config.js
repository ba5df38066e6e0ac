/**
 * The rules that keep the core a function of its arguments: no clock, no entropy, no waiting, no world. What is listed
 * here type-checks without Node's and the browser's types (`tsconfig.pure.json`) or is a way around that.
 */

const GLOBALS = {
  clock: ['Date', 'performance', 'Temporal'],
  entropy: ['crypto'],
  waiting: ['Promise', 'Atomics', 'queueMicrotask', 'setTimeout', 'setInterval', 'setImmediate'],
  world: ['process', 'console', 'globalThis', 'global', 'self', 'window', 'fetch', 'require', 'navigator'],
  'the collector of garbage': ['WeakRef', 'FinalizationRegistry'],
  'the locale of the machine': ['Intl'],
};

const PROPERTIES = [
  ...['toLocaleString', 'toLocaleUpperCase', 'toLocaleLowerCase', 'localeCompare'].map((property) => ({
    property,
    message: 'Its answer depends on the locale of the machine. Compare with < and >.',
  })),
  { object: 'Math', property: 'random', message: 'Randomness comes from the seed in the state.' },
];

const AWAITS_NOTHING = 'The core awaits nothing: an outcome is an event.';

const SYNTAX = [
  { selector: ':function[async=true]', message: AWAITS_NOTHING },
  { selector: 'AwaitExpression, ForOfStatement[await=true]', message: AWAITS_NOTHING },
  { selector: 'CallExpression[callee.property.name=/^(then|catch|finally)$/]', message: AWAITS_NOTHING },
  { selector: 'TSTypeReference[typeName.name=/^(Promise|PromiseLike|AsyncIterable)$/]', message: AWAITS_NOTHING },
  { selector: 'TSTypeReference[typeName.name="Date"]', message: 'Time comes in events, as `now`.' },
  { selector: 'ImportExpression, TSImportEqualsDeclaration, MetaProperty', message: 'The core loads nothing.' },
  {
    selector: ':not(MemberExpression, TSTypeQuery) > Identifier[name="Math"]',
    message: 'Use Math.<function> directly, so that Math.random can be seen.',
  },
  {
    selector: ':matches(Program, ExportNamedDeclaration) > VariableDeclaration[kind=/^(let|var)$/]',
    message: 'A variable of the module is a state that is not in the state.',
  },
];

const XSTATE_DOING = ['fromPromise', 'fromCallback', 'fromObservable', 'fromEventObservable', 'toPromise', 'waitFor'];

/** @param {string[]} files the files that must be pure */
export function pure(files) {
  const globals = Object.entries(GLOBALS).flatMap(([what, names]) =>
    names.map((name) => ({ name, message: `The core does without ${what}: what it needs comes in events.` })),
  );
  return {
    files,
    rules: {
      'no-restricted-globals': ['error', ...globals],
      'no-restricted-properties': ['error', ...PROPERTIES],
      'no-restricted-syntax': ['error', ...SYNTAX],
      'no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'xstate', importNames: XSTATE_DOING, message: 'Charts only: doing is for effects.' }],
          patterns: [{ group: ['node:*'], message: 'The core needs no Node.' }],
        },
      ],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
    },
  };
}
