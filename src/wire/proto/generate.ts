/**
 * Makes `src/wire/generated/descriptor.ts` from the .proto files beside this one: `npm run generate:wire`. A test calls
 * `generateDescriptor` and fails when the file on disk differs.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import pbjs from 'protobufjs-cli/pbjs.js';

const PROTO_DIRECTORY = fileURLToPath(new URL('.', import.meta.url));
export const DESCRIPTOR_PATH = fileURLToPath(new URL('../generated/descriptor.ts', import.meta.url));

/** The text that the descriptor module should have now. */
export async function generateDescriptor(): Promise<string> {
  const files = readdirSync(PROTO_DIRECTORY)
    .filter((name) => name.endsWith('.proto'))
    .sort();
  const json = await runPbjs(['-t', 'json', '--keep-case', '-p', PROTO_DIRECTORY, ...files]);
  const source = `// Generated from src/wire/proto by \`npm run generate:wire\`. Do not edit.
export const descriptor = ${json};
`;
  return format(source, { parser: 'typescript', printWidth: 120, singleQuote: true });
}

function runPbjs(args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    pbjs.main(args, (error, output) => {
      if (error !== null) reject(error);
      else resolve(output ?? '');
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(DESCRIPTOR_PATH, await generateDescriptor());
}
