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

    /// <summary>The expected worst loss of a position, a fraction of its value at the signal.</summary>
    ExpectedDrawdown,
}
