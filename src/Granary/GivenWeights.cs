using System.Text.Json.Serialization;

namespace Granary;

/// <summary>
/// The weights of a portfolio: a rule, such as <c>"equal"</c>, a file, as <c>"csv:weights.csv"</c>, or a number for each strategy's id.
/// </summary>
[JsonConverter(typeof(GivenWeightsJson))]
public sealed class GivenWeights
{
    internal string? Rule { get; private init; }

    internal IReadOnlyDictionary<string, double>? ByStrategy { get; private init; }

    /// <summary>A rule, or a file of weights.</summary>
    public static implicit operator GivenWeights(string rule) => new() { Rule = rule };

    /// <summary>Weights by strategy.</summary>
    public static implicit operator GivenWeights(Dictionary<string, double> weights) => new() { ByStrategy = weights };
}
