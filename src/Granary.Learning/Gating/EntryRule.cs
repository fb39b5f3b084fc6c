using System.Text.Json.Serialization;
using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>
/// Converts a prediction to a decision on an entry. A pure function; an entry with the prediction NaN passes unchanged.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "rule")]
[JsonDerivedType(typeof(GateRule), "gate")]
[JsonDerivedType(typeof(VetoRule), "veto")]
[JsonDerivedType(typeof(SizeRuleByProbability), "size")]
[JsonDerivedType(typeof(StopByVolatilityRule), "stop")]
[JsonDerivedType(typeof(MinimumReturnRule), "minimum-return")]
[JsonDerivedType(typeof(LimitRule), "limit")]
internal abstract record EntryRule
{
    /// <summary>The name in a batch file.</summary>
    [JsonIgnore]
    public abstract string Name { get; }

    /// <summary>Whether the rule supports predictions with this meaning.</summary>
    public abstract bool Takes(PredictionMeaning meaning);

    public EntryAdvice Advise(double prediction, Side side, PredictionMeaning meaning) =>
        double.IsNaN(prediction) ? EntryAdvice.NoOpinion : Decide(prediction, side, meaning);

    private protected abstract EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning);

    private protected static bool IsProbability(PredictionMeaning meaning) =>
        meaning is PredictionMeaning.ProbabilityOfRise or PredictionMeaning.ProbabilityOfGain;

    /// <summary>The probability that a trade on this side is profitable.</summary>
    private protected static double ForSide(double prediction, Side side, PredictionMeaning meaning) =>
        meaning == PredictionMeaning.ProbabilityOfRise && side == Side.Sell ? 1 - prediction : prediction;
}
