import clauseTexts from 'virtual:clauses';

/** Clauses of docs/spec.md: their text one step away, and from there the place in the document. */
export function Clauses({ ids }: { readonly ids: readonly string[] }) {
  return (
    <ul class="clauses">
      {ids.map((id) => (
        <li key={id}>
          <details>
            <summary>{id}</summary>
            <p>
              {clauseTexts[id] ?? 'Not in docs/spec.md.'}{' '}
              <a href={`spec.html#${id}`} target="_blank" rel="noopener">
                docs/spec.md, {id}
              </a>
            </p>
          </details>
        </li>
      ))}
    </ul>
  );
}
