/** A number as learning.json writes it: NaN and infinity by name, or omitted. */
export type Written = number | 'NaN' | 'Infinity' | '-Infinity' | null | undefined;

/** The figures of a version from a run or a training; see Granary.Reporting/Runs/LearningReport.cs. */
export interface Unit {
    name: string;
    data: string;
    rule: string;
    inSample: Record<string, Written>;
    outOfSample: Record<string, Written>;
    trainTestGap?: Written;
    windows: {
        trainFrom: string;
        testFrom: string;
        testTo: string;
        testSamples: number;
        outOfSample: Record<string, Written>;
        importance?: Record<string, Written>;
    }[];
    calibration: { from: number; to: number; count: number; predicted: number; observed: number }[];
    importance: { feature: string; permutation: Written; gain?: Written }[];
    strategies: {
        strategy: string;
        trades: number;
        taken: number;
        winRateWithout: number;
        winRateWith?: number | null;
        returnWithout: number;
        returnWith: number;
    }[];
    equity: { time: string; with: number; without: number }[];
}

/** A finite number, or null. */
export function finite(value: Written): number | null {
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The main figure of a model: auc for classes, r2 for numbers. */
export function mainFigure(figures: Record<string, Written>): { name: string; value: number | null } | null {
    for (const [key, name] of [
        ['auc', 'AUC'],
        ['r2', 'R²'],
    ] as const)
        if (key in figures) return { name, value: finite(figures[key]) };
    return null;
}
