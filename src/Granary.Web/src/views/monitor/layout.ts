/** What a panel shows of a session. */
export const kinds = {
    price: 'Prices',
    equity: 'Equity',
    figures: 'Figures',
    trades: 'Trades and orders',
    strategies: 'Strategies',
    events: 'Events',
    limits: 'Limits',
} as const;

export type Kind = keyof typeof kinds;

/** Heights of the content, pixels. */
export const heights = { s: 200, m: 320, l: 500 } as const;

export type Size = keyof typeof heights;

export interface Panel {
    /** Names the panel while the page is open. */
    id: number;
    kind: Kind;
    session: string;
    size: Size;
    /** Whether it has the width of both columns. */
    wide: boolean;
    /** The symbol of a price chart; empty for the first one with a position. */
    symbol: string;
}

export interface Layout {
    columns: 1 | 2;
    panels: readonly Panel[];
}

/** More charts than this are too many for one page. */
export const mostPanels = 16;

let last = 0;

export const panelOf = (kind: Kind, session: string, symbol = ''): Panel => ({
    id: ++last,
    kind,
    session,
    size: 'm',
    wide: false,
    symbol,
});

/** Reads the query of an address. What it does not know, it returns beside the layout. */
export function read(query: Record<string, string>): { layout: Layout; unknown: string[] } {
    const texts = (query.panels ?? '').split(',').filter(Boolean);
    const panels = texts.slice(0, mostPanels).map(readPanel);
    return {
        layout: { columns: query.columns === '1' ? 1 : 2, panels: panels.filter((p) => p !== undefined) },
        unknown: texts.filter((_, i) => panels[i] === undefined),
    };
}

// price:paper:m:BTCUSDT, or trades:paper:lw for a large and wide one.
function readPanel(text: string): Panel | undefined {
    const [kind = '', session = '', shape = '', symbol = ''] = text.split(':').map(decoded);
    const [size, wide] = [shape.charAt(0) || 'm', shape.slice(1)];
    if (!Object.hasOwn(kinds, kind) || session === '' || !Object.hasOwn(heights, size) || !['', 'w'].includes(wide)) return undefined;
    return { ...panelOf(kind as Kind, session, symbol), size: size as Size, wide: wide === 'w' };
}

function decoded(part: string): string {
    try {
        return decodeURIComponent(part);
    } catch {
        return part;
    }
}

/** The query of an address that {@link read} reads. */
export function write(layout: Layout): string {
    const panels = layout.panels.map((p) =>
        [p.kind, p.session, p.size + (p.wide ? 'w' : ''), ...(p.symbol === '' ? [] : [p.symbol])].map(encodeURIComponent).join(':'),
    );
    // Encoded once more, as each value of a query.
    return `columns=${layout.columns}&panels=${panels.map((p) => p.replaceAll('%', '%25')).join(',')}`;
}

/** The panels with one of them a place up (-1) or down (1); the same panels at an end. */
export function moved(panels: readonly Panel[], id: number, by: -1 | 1): readonly Panel[] {
    const from = panels.findIndex((p) => p.id === id);
    const [one, other] = [panels[from], panels[from + by]];
    if (one === undefined || other === undefined) return panels;
    return panels.map((p) => (p === one ? other : p === other ? one : p));
}

/** The layout before the user has chosen one: the prices of the first sessions. */
export const firstLayout = (sessions: readonly string[]): Layout => ({
    columns: 2,
    panels: sessions.slice(0, 4).map((s) => panelOf('price', s)),
});
