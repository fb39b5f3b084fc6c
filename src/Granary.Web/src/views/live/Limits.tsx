import type { Schemas } from '../../api/client';
import { Empty } from '../../components/States';
import { number } from '../../format/numbers';

const units = { count: '', percent: '%', multiple: '×' };

/** Limits of the portfolio, and how much of them the account's positions use. */
export function Limits(props: { session: Schemas['SessionView'] }) {
    const limits = props.session.status?.account.limits ?? [];
    if (limits.length === 0)
        return (
            <Empty title="This configuration has no limits">
                <p>Set them in portfolio.limits of the batch, for example maxPositions or maxGrossPercent, and run it again.</p>
            </Empty>
        );
    return (
        <>
            {limits.map((l) => {
                const unit = units[l.unit];
                const decimals = unit === '' ? 0 : 1;
                const share = l.allowed > 0 ? l.used / l.allowed : 1;
                return (
                    <div class="gauge" title={`${l.refusal}: ${l.reason}`} key={`${l.limit} ${l.title} ${l.about ?? ''}`}>
                        <span>
                            {l.title}
                            <br />
                            <small>{l.about ?? l.limit}</small>
                        </span>
                        <span class="track" aria-hidden="true">
                            <i class={share > 1 ? 'over' : share > 0.8 ? 'near' : ''} style={{ width: `${Math.min(100, 100 * share)}%` }} />
                        </span>
                        <span class="n">
                            {number(l.used, decimals)}
                            {unit} of {number(l.allowed, decimals)}
                            {unit}
                        </span>
                    </div>
                );
            })}
            <p class="note">
                Computed from the account’s positions at the last closes, in percent of its equity. The portfolio decides by its own
                positions, which differ by fills that the broker made otherwise.
            </p>
        </>
    );
}
