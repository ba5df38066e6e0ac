/** 256 bits have 78 digits; a longer number is not an amount of anything. */
const AMOUNT_DIGITS_MAX = 78;
const AMOUNT = /^(0|[1-9][0-9]*)$/;

/** A decimal string as it stands in genesis files and transactions; undefined when it is not one. */
export function parseAmount(text: unknown): bigint | undefined {
  if (typeof text !== 'string' || text.length > AMOUNT_DIGITS_MAX || !AMOUNT.test(text)) return undefined;
  return BigInt(text);
}
