using Granary.Engine;
using Granary.Simulation.Batches;

namespace Granary.Backtesting.Runs;

/// <summary>Checks a batch before its searches run.</summary>
internal static class ParameterSearchBatch
{
    /// <exception cref="InputException">The batch has no search, or something that a search cannot have.</exception>
    public static void Check(BatchSpec spec)
    {
        if (!spec.HasSearch)
            throw spec.Strategies[0].Place.Fault("no strategy of the batch has a 'search'; give one a search, or run the batch with "
                + "'granary backtest'");
        if (spec.Learning is { } learning)
            throw learning.Fault("models learn from the strategies of a batch, and a search makes these one after the other; search first, "
                + "then give the best parameters in 'params' to a batch with 'learning'");
        if (spec.Portfolio.FixedWeights is not null)
            throw spec.Portfolio.Place!.Need("weights").Fault("the ids of a search's strategies are not known before it ran; name a rule, "
                + "such as \"best\"");
    }
}
