using System.Text.Json;
using Granary.Learning.Drift;
using Granary.Learning.Gating;
using Granary.Learning.Watching;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>Reads <c>watch</c>: the name of a drift detector, or an object with the reactions to its alerts.</summary>
internal static class WatchRuleReader
{
    public static WatchRule Read(JsonPart part, PredictionMeaning meaning)
    {
        var simple = part.Kind == JsonValueKind.String;
        if (!simple) part.Only("detector", "params", "weight", "review", "rollback");
        if (meaning == PredictionMeaning.ExpectedVolatility)
            return part.Wrong("a trade does not show whether a volatility was predicted right; leave 'watch' out, or use another label",
                new WatchRule());
        var name = simple ? part : part.Find("detector");
        var detector = name?.String() ?? "adwin";
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!simple)
            foreach (var (key, value) in part.Find("params")?.Members ?? []) parameters[key] = value.Text;
        if (part.IsFaulty) return new WatchRule();
        (name ?? part).Make<object?>(() => DriftDetectorCatalogue.BuiltIn.Create(detector), null);
        if (parameters.Count > 0 && name is not { IsFaulty: true })
            part.Need("params").Make<object?>(() => DriftDetectorCatalogue.BuiltIn.Create(detector, parameters), null);
        return simple ? new WatchRule(detector)
            : new WatchRule(detector, parameters.Count > 0 ? parameters : null, part.Find("weight")?.Number(0, 0.99) ?? 0.5,
                part.Find("review")?.Whole(5, 10_000) ?? 50, part.Find("rollback")?.Bool() ?? true);
    }
}
