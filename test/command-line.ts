import { vi } from "vitest";
import { main } from "../src/cli/main.ts";

/** The command line in this process (another one for each of many calls would only cost time): what it returns and writes. */
export async function runInProcess(
  given: readonly string[],
): Promise<{ status: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [process.stdout, process.stderr].map((stream) => {
    const written: string[] = [];
    const spy = vi.spyOn(stream, "write").mockImplementation((text) => written.push(String(text)) > 0);
    return { text: () => written.join(""), restore: () => spy.mockRestore() };
  });
  try {
    const status = await main(given);
    return { status, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    stdout.restore();
    stderr.restore();
  }
}
