import clauseTexts from 'virtual:clauses';

/** Clauses of docs/spec.md, their text one step away. */
export function Clauses({ ids }: { readonly ids: readonly string[] }) {
  return (
    <ul class="clauses">
      {ids.map((id) => (
        <li key={id}>
          <details>
            <summary>{id}</summary>
            <p>
              {clauseTexts[id] ?? 'Not in docs/spec.md.'} <small>(docs/spec.md, {id})</small>
            </p>
          </details>
        </li>
      ))}
    </ul>
  );
}
