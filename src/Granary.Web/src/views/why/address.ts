/** What a link to the view "Why" names: a run or a session, a strategy, and a bar. */
export interface WhyLink {
    run?: string;
    session?: string;
    strategy: string;
    symbol?: string | undefined;
    at?: string;
    trade?: number;
    signal?: number;
    step?: number;
}

/** The address of the view for a bar. */
export function whyPath(link: WhyLink): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(link)) if (value !== undefined && value !== '') query.set(name, String(value));
    return `/why?${query}`;
}

const asked = ['strategy', 'symbol', 'at', 'trade', 'signal', 'from', 'to', 'step'];

/** The path of the API for the query of the view's address; null while it names no bar. */
export function answerPath(search: Record<string, string>): string | null {
    const { run, session, strategy, at, trade, signal, from, to } = search;
    const source = run ? `/runs/${encodeURIComponent(run)}` : session ? `/sessions/${encodeURIComponent(session)}` : null;
    if (source === null || !strategy || !(at || trade || signal || from || to)) return null;
    return `${source}/why?${new URLSearchParams(asked.flatMap((name) => (search[name] ? [[name, search[name]] as [string, string]] : [])))}`;
}
