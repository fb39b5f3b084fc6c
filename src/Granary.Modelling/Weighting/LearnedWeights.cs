using Granary.Engine;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Weighting;

/// <summary>Checks that a batch has weights that a policy learns.</summary>
internal static class LearnedWeights
{
    /// <param name="file">Path of the batch file, for the error message.</param>
    /// <exception cref="InputException">The batch uses a different weight rule.</exception>
    public static void Require(BatchSpec spec, string file)
    {
        if (spec.Portfolio.Rule is not (WeightMethods.Ppo or WeightMethods.Adaptive))
            throw new InputException($"{file}: the weights of this batch are not learned; write \"weights\": \"ppo\" or \"adaptive\" into "
                + "its portfolio");
    }
}
