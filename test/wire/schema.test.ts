import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ELEMENTS_MAX, FULL_WIDTH_FIELDS, HEIGHT_FIELDS } from '../../src/wire/limits.ts';
import { DESCRIPTOR_PATH, generateDescriptor } from '../../src/wire/proto/generate.ts';
import { allMessageTypes } from '../../src/wire/schema.ts';

const fields = allMessageTypes().flatMap((type) => type.fieldsArray.map((field) => field.resolve()));

describe('the schema', () => {
  it('is what the .proto files say (else: npm run generate:wire)', async () => {
    expect(readFileSync(DESCRIPTOR_PATH, 'utf8')).toBe(await generateDescriptor());
  });

  it('LIMIT: has a limit for every repeated and map field', () => {
    const collections = fields.filter((field) => field.repeated || field.map).map((field) => field.fullName);
    expect(new Set(Object.keys(ELEMENTS_MAX))).toEqual(new Set(collections));
  });

  it('knows what every uint64 is: a height, a number of full width, or one of the few others', () => {
    const others = ['.consensus.QuorumCertificate.round', '.consensus.HotstuffMessage.round'];
    const known = [
      ...HEIGHT_FIELDS,
      ...FULL_WIDTH_FIELDS,
      ...others,
      '.pocket_state_sync.v2.Frame.request_id',
      '.pocket_state_sync.v2.GetBlocks.bytes_max',
    ];
    expect(new Set(fields.filter((field) => field.type === 'uint64').map((field) => field.fullName))).toEqual(
      new Set(known),
    );
  });
});
