/** How the stages of a height look: a colour, a texture, and letters, so that no one of them is needed alone. */
export interface StageLook {
  readonly letters: string;
  readonly label: string;
}

export const STAGES: Readonly<Record<string, StageLook>> = {
  missing: { letters: '', label: 'missing, nobody asked yet' },
  wanted: { letters: 'W', label: 'wanted' },
  requested: { letters: 'Rq', label: 'requested' },
  received: { letters: 'Rc', label: 'received' },
  verifying: { letters: 'V-', label: 'verifying' },
  verified: { letters: 'V', label: 'verified' },
  applying: { letters: 'A-', label: 'applying' },
  applied: { letters: 'A', label: 'applied' },
  committing: { letters: 'C-', label: 'committing' },
  committed: { letters: 'C', label: 'committed' },
};
