import type { Schemas } from '../../api/client';
import { number } from '../../format/numbers';
import { Strategies } from './Strategies';

/** The configuration of a session, with the weights in force and the strategies that may enter. */
export function Configuration(props: {
    session: Schemas['SessionView'];
    configuration: Schemas['SessionConfiguration'];
    onDone: (session: Schemas['SessionView']) => void;
}) {
    const c = props.configuration;
    return (
        <>
            <p class="note">
                {c.name}, {c.timeframe},{' '}
                {c.deployment == null ? (
                    'started without a deployment'
                ) : (
                    <a href={`/deployments/${c.deployment}`}>deployment {c.deployment}</a>
                )}
                .
                {c.weightsVersion === 0
                    ? ' The weights are those of the configuration.'
                    : ` Weights of version ${number(c.weightsVersion)} are in force.`}
            </p>
            <Strategies session={props.session} members={c.strategies} height={560} onDone={props.onDone} />
        </>
    );
}
