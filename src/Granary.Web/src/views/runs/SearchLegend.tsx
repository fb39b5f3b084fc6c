import type { ComponentChildren } from 'preact';
import type { Objective, ParameterSearch, Trial } from './search';

/** What the charts of a search have in common. */
export interface Charted {
    search: ParameterSearch;
    objectives: Objective[];
}

/** How the charts of a page point at one trial. */
export interface Pointing {
    /** The trial that the pointer is at. */
    pointed: number | null;
    onPoint: (trial: number | null) => void;
    onOpen: (trial: number) => void;
    tip: (trial: number) => ComponentChildren;
}

/** A dot or a line with its meaning. */
export const key = (colour: string, text: string, kind = 'dot') => (
    <span>
        <i class={kind} style={kind === 'dot' ? { background: `var(--${colour})` } : { borderColor: `var(--${colour})` }} />
        {text}{' '}
    </span>
);

/** How much of their opacity marks keep where there are many of them. */
export const dilution = (count: number, few: number) => Math.max(0.3, Math.min(1, Math.sqrt(few / Math.max(1, count))));

/** The opacity of a trial: late ones are darker. */
export const shade = (search: ParameterSearch, t: Trial) =>
    (0.22 + (0.68 * t.number) / search.trials.length) * dilution(search.trials.length, 600);
