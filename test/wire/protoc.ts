import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The reference implementation, where the machine has it (Debian: protobuf-compiler). */

const PROTO_DIRECTORY = fileURLToPath(new URL('../../src/wire/proto', import.meta.url));

export function protocVersion(): string | null {
  const run = spawnSync('protoc', ['--version'], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim() : null;
}

/** The bytes protoc gives for each text, all in one process: it encodes them as the elements of one message. */
export function protocEncode(type: string, texts: readonly string[]): Uint8Array[] {
  const directory = mkdtempSync(join(tmpdir(), 'protoc-'));
  try {
    const [packageName = ''] = type.split(/\.[A-Z]/);
    const file = `${packageName.startsWith('pocket_state_sync') ? 'pocket_state_sync' : packageName}.proto`;
    const batch = `syntax = "proto3"; import "${file}"; message Batch { repeated ${type} element = 1; }`;
    writeFileSync(join(directory, 'batch.proto'), batch);
    const run = spawnSync(
      'protoc',
      ['--deterministic_output', '--encode=Batch', `-I${directory}`, `-I${PROTO_DIRECTORY}`, 'batch.proto'],
      { input: texts.map((text) => `element { ${text} }`).join('\n'), maxBuffer: 1 << 28 },
    );
    if (run.status !== 0) throw new Error(`protoc: ${run.stderr.toString()}`);
    return elementsOf(run.stdout);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Splits `repeated ... = 1` into the elements' bytes. */
function elementsOf(bytes: Uint8Array): Uint8Array[] {
  const elements: Uint8Array[] = [];
  let position = 0;
  const byte = (): number => bytes[position++] ?? 0;
  while (position < bytes.length) {
    if (byte() !== 0x0a) throw new Error('not an element');
    let length = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const part = byte();
      length += (part & 0x7f) * 2 ** shift;
      more = part >= 0x80;
    }
    elements.push(new Uint8Array(bytes.subarray(position, position + length)));
    position += length;
  }
  return elements;
}
