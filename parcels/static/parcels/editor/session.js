/* What the officer has chosen and done: parcels, kind, and the steps, with undo and redo. */

export function createSession({ subjects, kind, operations }) {
  const listeners = { steps: new Set(), subjects: new Set(), kind: new Set() };
  const tell = (what) => listeners[what].forEach((listener) => listener());
  let steps = [...operations];
  let undone = [];
  const chosen = new Map(subjects.map((each) => [each.id, each]));
  let chosenKind = kind;

  return {
    on: (what, listener) => listeners[what].add(listener),
    steps: () => steps,
    subjects: () => [...chosen.values()],
    isChosen: (id) => chosen.has(id),
    kind: () => chosenKind,
    canUndo: () => steps.length > 0,
    canRedo: () => undone.length > 0,
    add(...more) {
      steps = [...steps, ...more];
      undone = [];
      tell("steps");
    },
    undo() {
      if (!steps.length) return false;
      undone = [...undone, steps.at(-1)];
      steps = steps.slice(0, -1);
      tell("steps");
      return true;
    },
    redo() {
      if (!undone.length) return false;
      steps = [...steps, undone.at(-1)];
      undone = undone.slice(0, -1);
      tell("steps");
      return true;
    },
    choose(parcel, on = true) {
      if (on) chosen.set(parcel.id, parcel);
      else chosen.delete(parcel.id);
      undone = [];
      tell("subjects");
    },
    only(parcel) {
      chosen.clear();
      if (parcel) chosen.set(parcel.id, parcel);
      undone = [];
      tell("subjects");
    },
    setKind(next) {
      chosenKind = next;
      steps = [];
      undone = [];
      tell("kind");
    },
  };
}
