import type { Schemas } from '../../api/client';
import { time } from '../../format/times';

/** The fold of a walk-forward that contains the bar: its configuration, and where it was chosen and tested. */
export function WhyFold(props: { answer: Schemas['WhyAnswer'] }) {
    const { fold, symbol } = props.answer;
    if (!fold) return null;
    const parameters = Object.entries(fold.parameters).map(([name, value]) => `${name} ${value}`);
    return (
        <p>
            Fold {fold.number} of {fold.folds}: <strong>{fold.configuration}</strong> ({parameters.join(', ')}), chosen in{' '}
            {time(fold.trainedFrom, symbol)} to {time(fold.trainedTo, symbol)}, tested in {time(fold.testedFrom, symbol)} to{' '}
            {time(fold.testedTo, symbol)}.
        </p>
    );
}
