import type { Schemas } from '../../api/client';
import { ShortTable } from '../../components/ShortTable';
import { counted, number } from '../../format/numbers';

/** The strategies that make no signals yet: which factor needs how many bars, and where the bars come from. */
export function WarmUp(props: { progress: Schemas['WarmUpProgress']; all: number }) {
    const { progress, all } = props;
    return (
        <details class="notice">
            <summary>
                Warming up: {number(progress.strategies)} of {counted(all, 'strategy', 'strategies')} make no signals yet, because a factor
                of theirs needs more bars from {progress.feed === '' ? 'the feed' : progress.feed}. The slowest has {number(progress.bars)}{' '}
                of {number(progress.needed)}.
            </summary>
            <ShortTable
                label="Strategies in warm-up"
                rows={progress.slowest}
                columns={[
                    { title: 'Strategy', cell: (s) => s.strategy },
                    { title: 'Bars of', nowrap: true, cell: (s) => s.market },
                    { title: 'Has', figure: true, cell: (s) => number(s.bars) },
                    { title: 'Needs', figure: true, cell: (s) => number(s.needed) },
                    { title: 'Slowest factor', cell: (s) => s.factor },
                ]}
            />
            {progress.slowest.length < progress.strategies && (
                <p class="note">
                    {counted(progress.strategies - progress.slowest.length, 'more strategy', 'more strategies')} miss fewer bars.
                </p>
            )}
        </details>
    );
}
