/** A measured figure in basis points, with its 99 % interval and the one-sided upper value. */
export interface Measured {
    mean: number;
    low: number;
    high: number;
    upper: number;
}

interface Cell {
    side: string;
    venue: string | null;
    fills: number;
    raw: number;
    cost: Measured;
}

/** One model of costs.json. */
export interface CostModel {
    reference: string;
    fills: number;
    days: number;
    raw: number;
    pool: Measured;
    sides: Cell[];
    cells: Cell[];
    hours: { hour: number; fills: number; cost: Measured }[];
    size?: { center: number; least: number; most: number; cost: Measured; curve: ({ at: number } & Measured)[] } | null;
}

/** The content of costs.json. */
export interface Costs {
    hash: string;
    fills: number;
    from: string;
    to: string;
    days: number;
    timeframe?: string | null;
    level: number;
    upperLevel: number;
    leftOut: Record<string, number>;
    fee?: number | null;
    notes: string[];
    models: CostModel[];
}

export const referenceNames: Record<string, string> = {
    open: 'next open',
    close: 'signal’s close',
    mid: 'mid of bid and ask',
    stop: 'trigger of stop orders',
};

const references = { 'next-open': ['open', 'mid', 'close'], 'same-close': ['close', 'mid', 'open'] };

/** The model that a batch with these fills pays: against the price from which its orders slip, if that was measured. */
export const modelOf = (models: readonly CostModel[], fill: keyof typeof references = 'next-open'): CostModel | undefined =>
    references[fill].map((r) => models.find((m) => m.reference === r)).find((m) => m !== undefined);

/** What a turnover would pay at the pool's cost, account currency; a cost below zero counts as zero. */
export function payOf(turnover: number, cost: Measured): Measured {
    const pay = (bp: number) => (Math.max(0, bp) * turnover) / 10_000;
    return { mean: pay(cost.mean), low: pay(cost.low), high: pay(cost.high), upper: pay(cost.upper) };
}
