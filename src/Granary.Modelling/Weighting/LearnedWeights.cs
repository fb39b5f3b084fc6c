using Granary.Simulation.Batches;
using Granary.Simulation.Json;

namespace Granary.Modelling.Weighting;

/// <summary>Weights that a policy learns.</summary>
public static class LearnedWeights
{
    /// <param name="file">The batch file, for the message.</param>
    /// <exception cref="InputException">The weights of the batch are not learned.</exception>
    public static void Require(BatchSpec spec, string file)
    {
        if (spec.Portfolio.Rule is not (WeightRule.Ppo or WeightRule.Adaptive))
            throw new InputException($"{file}: the weights of this batch are not learned; write \"weights\": \"ppo\" or \"adaptive\" into "
                + "its portfolio");
    }
}
