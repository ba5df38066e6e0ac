/** The textures of the stages, for every SVG of the page. */
export function Patterns() {
  return (
    <svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>
        <Hatch id="requested" angle={45} />
        <Hatch id="verifying" angle={-45} />
        <Hatch id="applying" angle={-45} />
        <Hatch id="committing" angle={-45} />
        <pattern id="texture-received" width="6" height="6" patternUnits="userSpaceOnUse">
          <rect class="ground-received" width="6" height="6" />
          <circle class="mark" cx="2" cy="2" r="1.1" />
          <circle class="mark" cx="5" cy="5" r="1.1" />
        </pattern>
        <pattern id="texture-missing" width="5" height="5" patternUnits="userSpaceOnUse">
          <rect class="ground-missing" width="5" height="5" />
          <circle class="faint" cx="2.5" cy="2.5" r="0.7" />
        </pattern>
      </defs>
    </svg>
  );
}

function Hatch({ id, angle }: { readonly id: string; readonly angle: number }) {
  return (
    <pattern
      id={`texture-${id}`}
      width="6"
      height="6"
      patternUnits="userSpaceOnUse"
      patternTransform={`rotate(${angle})`}
    >
      <rect class={`ground-${id}`} width="6" height="6" />
      <rect class="mark" width="2" height="6" />
    </pattern>
  );
}
