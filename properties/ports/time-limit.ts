/** What the work comes to; or what `late` says, when it has not come to an end after so long in real time. */
export async function withinRealTime<Result>(
  msMax: number,
  work: Promise<Result>,
  late: () => Result,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<Result>((resolve) => {
    timer = setTimeout(() => {
      resolve(late());
    }, msMax);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
