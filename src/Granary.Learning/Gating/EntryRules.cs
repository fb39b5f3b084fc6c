using System.Text.Json.Serialization;
using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>What a prediction says.</summary>
public enum PredictionMeaning
{
    /// <summary>The probability that the price rises: a sale takes the rest to one.</summary>
    ProbabilityOfRise,

    /// <summary>The probability that this very trade gains, whichever its side.</summary>
    ProbabilityOfGain,

    /// <summary>The expected logarithmic return of the price.</summary>
    ExpectedReturn,

    /// <summary>The expected deviation of the next one-bar returns.</summary>
    ExpectedVolatility,
}

/// <summary>
/// Turns a prediction into what is done about an entry. Pure; a prediction of NaN is an entry that the model has no opinion on, and passes.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "rule")]
[JsonDerivedType(typeof(GateRule), "gate")]
[JsonDerivedType(typeof(VetoRule), "veto")]
[JsonDerivedType(typeof(SizeRuleByProbability), "size")]
[JsonDerivedType(typeof(StopByVolatilityRule), "stop")]
[JsonDerivedType(typeof(MinimumReturnRule), "minimum-return")]
public abstract record EntryRule
{
    /// <summary>As it is written in a batch file.</summary>
    [JsonIgnore]
    public abstract string Name { get; }

    /// <summary>Whether the rule can use predictions of this meaning.</summary>
    public abstract bool Takes(PredictionMeaning meaning);

    public EntryAdvice Advise(double prediction, Side side, PredictionMeaning meaning) =>
        double.IsNaN(prediction) ? EntryAdvice.NoOpinion : Decide(prediction, side, meaning);

    private protected abstract EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning);

    private protected static bool IsProbability(PredictionMeaning meaning) =>
        meaning is PredictionMeaning.ProbabilityOfRise or PredictionMeaning.ProbabilityOfGain;

    /// <summary>The probability that a trade on this side gains.</summary>
    private protected static double ForSide(double prediction, Side side, PredictionMeaning meaning) =>
        meaning == PredictionMeaning.ProbabilityOfRise && side == Side.Sell ? 1 - prediction : prediction;
}

/// <summary>Lets an entry pass only where the model is for it: buys above one probability, sells below another.</summary>
/// <param name="BuyAbove">Probability of a rise (or of the buy's gain) that a buy must exceed.</param>
/// <param name="SellBelow">
/// Probability of a rise that a sell must stay under; where the model predicts the trade's gain, a sell must exceed one minus it.
/// </param>
public sealed record GateRule(double BuyAbove = 0.6, double SellBelow = 0.4) : EntryRule
{
    public override string Name => "gate";

    public override bool Takes(PredictionMeaning meaning) => IsProbability(meaning);

    private protected override EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning)
    {
        var needed = side == Side.Buy ? BuyAbove : 1 - SellBelow;
        return ForSide(prediction, side, meaning) > needed ? EntryAdvice.Take(prediction) : EntryAdvice.Refuse(prediction);
    }
}

/// <summary>Lets every entry pass but those that the model is clearly against.</summary>
/// <param name="Below">Probability of gain under which an entry is refused.</param>
public sealed record VetoRule(double Below = 0.4) : EntryRule
{
    public override string Name => "veto";

    public override bool Takes(PredictionMeaning meaning) => IsProbability(meaning);

    private protected override EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning) =>
        ForSide(prediction, side, meaning) < Below ? EntryAdvice.Refuse(prediction) : EntryAdvice.Take(prediction);
}

/// <summary>Sizes an entry by its probability of gain: nothing up to one, the whole from another on, in proportion between.</summary>
public sealed record SizeRuleByProbability(double From = 0.5, double Full = 0.7) : EntryRule
{
    public override string Name => "size";

    public override bool Takes(PredictionMeaning meaning) => IsProbability(meaning);

    private protected override EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning)
    {
        var factor = Math.Clamp((ForSide(prediction, side, meaning) - From) / (Full - From), 0, 1);
        return factor > 0 ? EntryAdvice.Take(prediction, factor) : EntryAdvice.Refuse(prediction);
    }
}

/// <summary>Sets the stop by the predicted volatility: so many deviations of a holding time away.</summary>
/// <param name="Multiple">Deviations.</param>
/// <param name="Bars">Over which a one-bar deviation is extended by its square root.</param>
public sealed record StopByVolatilityRule(double Multiple = 2, int Bars = 1) : EntryRule
{
    // A stop is no nearer than a hundredth of a percent and no further than half the price.
    private const double Nearest = 0.0001, Furthest = 0.5;

    public override string Name => "stop";

    public override bool Takes(PredictionMeaning meaning) => meaning == PredictionMeaning.ExpectedVolatility;

    private protected override EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning) =>
        EntryAdvice.Take(prediction) with { StopFraction = Math.Clamp(Multiple * prediction * Math.Sqrt(Bars), Nearest, Furthest) };
}

/// <summary>Lets an entry pass only where the predicted return pays its costs and something more.</summary>
/// <param name="CostPercent">Of a round trip: commission and slippage of both sides, in percent.</param>
/// <param name="MinimumPercent">What must be left, in percent.</param>
public sealed record MinimumReturnRule(double CostPercent, double MinimumPercent = 0) : EntryRule
{
    public override string Name => "minimum-return";

    public override bool Takes(PredictionMeaning meaning) => meaning == PredictionMeaning.ExpectedReturn;

    private protected override EntryAdvice Decide(double prediction, Side side, PredictionMeaning meaning) =>
        (int)side * prediction * 100 - CostPercent > MinimumPercent ? EntryAdvice.Take(prediction) : EntryAdvice.Refuse(prediction);
}
