import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { PACKAGE_ROOT } from './import-directions.ts';

const CONFIG = join(PACKAGE_ROOT, 'tsconfig.pure.json');
const PLANTED = join(PACKAGE_ROOT, 'src/core/planted.ts');
const WORLD = [
  'Buffer',
  'process',
  'document',
  'fetch',
  'setTimeout',
  'TextEncoder',
  'URL',
  'AbortController',
  'console',
];

const config = ts.getParsedCommandLineOfConfigFile(
  CONFIG,
  {},
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
);

test('machines, src/core and src/protocol are compiled without the types of Node and the browser', () => {
  for (const room of ['machines', 'src/core', 'src/protocol']) {
    expect(config?.fileNames).toContainEqual(expect.stringContaining(join(PACKAGE_ROOT, room)));
  }
});

test('what belongs to Node or the browser is an unknown name there, also beside xstate', () => {
  const text = ["import { setup } from 'xstate';", 'export const all = [setup, Math,', WORLD.join(', '), '];'].join(
    '\n',
  );
  expect(unknownNames(text)).toEqual(WORLD);
});

function unknownNames(text: string): string[] {
  const options = config?.options ?? {};
  const host = ts.createCompilerHost(options);
  const readFromDisk = host.getSourceFile.bind(host);
  host.getSourceFile = (file, languageVersion) =>
    file === PLANTED ? ts.createSourceFile(file, text, languageVersion) : readFromDisk(file, languageVersion);
  const program = ts.createProgram({ rootNames: [PLANTED], options, host });
  const messages = program
    .getSemanticDiagnostics()
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ''));
  return messages.map((message) => /^Cannot find name '(\w+)'/.exec(message)?.[1] ?? message);
}

function fail(diagnostic: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
}
