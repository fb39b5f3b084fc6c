using System.Text.Json.Serialization;
using Granary.Engine.Trading;

namespace Granary.Learning.Gating;

/// <summary>Meaning of a prediction.</summary>
internal enum PredictionMeaning
{
    /// <summary>The probability that the price rises; a sell uses one minus it.</summary>
    ProbabilityOfRise,

    /// <summary>The probability that the trade is profitable, whichever its side.</summary>
    ProbabilityOfGain,

    /// <summary>The expected logarithmic return of the price.</summary>
    ExpectedReturn,

    /// <summary>The expected standard deviation of the next one-bar returns.</summary>
    ExpectedVolatility,

    /// <summary>The expected worst loss of a position, as a fraction of its value at the signal.</summary>
    ExpectedDrawdown,
}
