import postgres from "postgres";

/** A wallet that others hold for long: nothing was done, and the same call may be made again. */
const lock_not_available = "55P03";

/** Calls the database as the functions do: again where the wallet was busy, since nothing was done then. */
export async function whileBusy<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof postgres.PostgresError) || error.code !== lock_not_available) throw error;
    }
  }
}
