import { computed } from '@preact/signals';
import { charts } from '../theme/settings';

/** What a user has chosen for the chart of a strategy or an account. */
export interface ChartSettings {
    timeframe?: string;
    log?: boolean;
    heikinAshi?: boolean;
    /** Whether trades are lines from entry to exit. */
    trades?: boolean;
    /** The strategy whose factors the chart of an account shows; empty for none. */
    strategy?: string;
    /** Factors that the strategy uses and the chart leaves out. */
    hidden?: string[];
    /** Factors that the strategy does not use and the chart shows. */
    added?: string[];
}

/** Charts of so many strategies are remembered, the newest. */
const most = 100;

function read(text: string): Record<string, ChartSettings> {
    try {
        return JSON.parse(text) as Record<string, ChartSettings>;
    } catch {
        return {};
    }
}

const all = computed(() => read(charts.value));

/** The choices for a chart; they outlive the session. */
export const chartSettings = (name: string): ChartSettings => all.value[name] ?? {};

export function changeChart(name: string, changes: ChartSettings): void {
    const { [name]: before, ...others } = all.value;
    const kept = Object.entries(others).slice(1 - most);
    charts.value = JSON.stringify({ ...Object.fromEntries(kept), [name]: { ...before, ...changes } });
}
