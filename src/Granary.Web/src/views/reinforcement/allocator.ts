/** The part of results.json about weights that a policy learned; see Granary.Reporting/Runs/AllocatorResults.cs. */
export interface Allocator {
    rule: string;
    promoted: boolean;
    growth: { method: string; value: number; low: number; high: number }[];
    improvement: { baseline: string; value: number; low: number; high: number }[];
    windows: Window[];
    curves: { seed: number; points: Point[] }[];
    weights: { time: number[]; strategies: string[]; values: number[][] };
}

export interface Window {
    trainedFrom: string;
    from: string;
    to: string;
    strategies: string[];
    chosenSeed: number;
    seeds: { seed: number; validation: number | null; test: number | null; stressed: number | null }[];
    baselines: { name: string; test: number | null }[];
    version?: string | null;
}

export interface Point {
    steps: number;
    reward: number | null;
    entropy: number | null;
    kl: number | null;
    clipFraction: number | null;
    explainedVariance: number | null;
}

/** Milliseconds since 1970 of .NET ticks. */
export function millisecondsOfTicks(ticks: number): number {
    return ticks / 10_000 - 62_135_596_800_000;
}

/** One measure of all seeds over the steps that any of them has. */
export function curvesOf(
    curves: Allocator['curves'],
    measure: keyof Point,
): { x: number[]; lines: { name: string; values: (number | null)[] }[] } {
    const x = [...new Set(curves.flatMap((c) => c.points.map((p) => p.steps)))].sort((a, b) => a - b);
    return {
        x,
        lines: curves.map((c) => {
            const at = new Map(c.points.map((p) => [p.steps, p[measure]]));
            return { name: `Seed ${c.seed}`, values: x.map((s) => at.get(s) ?? null) };
        }),
    };
}
