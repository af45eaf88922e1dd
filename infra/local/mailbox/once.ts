/** Remembers answers by id, so that a repeated request gets the same answer and does nothing twice. */
const most = 1000;

export type Once<T> = {
  /** What `make` returned when this id was first seen. */
  answer(id: string, make: () => T): T;
  get(id: string): T | undefined;
};

export function createOnce<T>(): Once<T> {
  const answers = new Map<string, T>();
  return {
    answer(id, make) {
      const known = answers.get(id);
      if (known !== undefined) return known;
      const made = make();
      answers.set(id, made);
      const [oldest = ""] = answers.keys();
      if (answers.size > most) answers.delete(oldest);
      return made;
    },
    get: (id) => answers.get(id),
  };
}
