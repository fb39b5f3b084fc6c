/** An answer of the server that is not the one asked for: problem+json, or no answer at all (status 0). */
export class Problem extends Error {
    constructor(
        readonly status: number,
        readonly title: string,
        readonly detail: string,
    ) {
        super(detail === '' ? title : detail);
        this.name = 'Problem';
    }

    /** The server did not answer. */
    get offline(): boolean {
        return this.status === 0;
    }
}

/** Reads what a response says is wrong. */
export async function problemOf(response: Response): Promise<Problem> {
    const text = await response.text();
    try {
        const body = JSON.parse(text) as { title?: string; detail?: string };
        return new Problem(response.status, body.title ?? response.statusText, body.detail ?? '');
    } catch {
        return new Problem(response.status, response.statusText || `Status ${response.status}`, text.slice(0, 300));
    }
}

export function asProblem(error: unknown): Problem {
    if (error instanceof Problem) return error;
    return new Problem(-1, 'This page failed', error instanceof Error ? error.message : String(error));
}
