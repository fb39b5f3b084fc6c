import type { ComponentChildren } from 'preact';
import { Unbroken } from './Unbroken';

export interface Figure {
    name: string;
    value: ComponentChildren;
    /** A second line: the unit, or a remark on the figure's reliability. */
    note?: ComponentChildren;
    tone?: 'gain' | 'loss' | '';
}

/** The headline figures of a view, each with its note; compact ones have the note on hover. */
export function Figures(props: { figures: readonly Figure[]; compact?: boolean }) {
    return (
        <dl class={props.compact ? 'figures compact' : 'figures'}>
            {props.figures.map((f) => (
                <div key={f.name} title={props.compact && typeof f.note === 'string' ? f.note : undefined}>
                    <dt>{f.name}</dt>
                    <dd class={f.tone}>
                        <Unbroken>{f.value}</Unbroken>
                    </dd>
                    {f.note !== undefined && !props.compact && (
                        <dd class="soft">
                            <Unbroken>{f.note}</Unbroken>
                        </dd>
                    )}
                </div>
            ))}
        </dl>
    );
}
