/** What a port made of a call: still at it, failed, or its answer. */
export type Made<Answer> = 'asked' | { readonly threw: string } | { readonly answer: Answer };
