using System.Text.Json;
using Granary.Learning.Gating;

namespace Granary.Backtesting.Why;

/// <summary>The numbers of a model's rule, such as the probability that a buy must exceed.</summary>
internal static class RuleThresholds
{
    private static readonly JsonSerializerOptions _json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static IReadOnlyDictionary<string, double> Of(EntryRule rule)
    {
        var json = JsonSerializer.SerializeToElement(rule, rule.GetType(), _json);
        return json.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Number)
            .ToDictionary(p => p.Name, p => p.Value.GetDouble(), StringComparer.Ordinal);
    }
}
