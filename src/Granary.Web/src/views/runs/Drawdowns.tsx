import type { Schemas } from '../../api/client';
import { useRange } from '../../api/range';
import { ShortTable } from '../../components/ShortTable';
import { number, percent } from '../../format/numbers';
import { date } from '../../format/times';

const seconds = (time: string) => Date.parse(time) / 1000;

/** The deepest drawdowns of a run; each narrows the page to its time. */
export function Drawdowns(props: { of: readonly Schemas['DrawdownSpan'][] }) {
    const { choose } = useRange();
    return (
        <section>
            <h2>Deepest drawdowns</h2>
            <p class="lead">Of the whole run, also where a range is chosen. Choose one to narrow the page to it.</p>
            <ShortTable
                label="Deepest drawdowns"
                rows={props.of}
                columns={[
                    {
                        title: 'Depth',
                        cell: (d) => (
                            <button
                                type="button"
                                class="plain"
                                title="Narrow the page to this drawdown"
                                onClick={() => choose({ from: seconds(d.peak), to: seconds(d.recovery ?? d.trough) + 86_400 })}
                            >
                                −{percent(d.depth)}
                            </button>
                        ),
                    },
                    { title: 'Peak', nowrap: true, cell: (d) => date(d.peak) },
                    { title: 'Trough', nowrap: true, cell: (d) => date(d.trough) },
                    { title: 'Recovered', nowrap: true, cell: (d) => (d.recovery ? date(d.recovery) : 'not yet') },
                    { title: 'Fall, days', figure: true, cell: (d) => number((seconds(d.trough) - seconds(d.peak)) / 86_400) },
                    { title: 'Under water, days', figure: true, cell: (d) => number(d.days) },
                ]}
            />
        </section>
    );
}
