using System.Text.Json.Nodes;
using Granary.Engine;
using Granary.Trading.Deployments;

namespace Granary.Trading.Handover;

/// <summary>The sections of a production configuration that determine how its strategies trade.</summary>
internal sealed class StrategySections
{
    // Sections that affect all strategies in addition to their own.
    private static readonly string[] Shared = ["execution", "account"];
    private static readonly string[] SharedData = ["timeframe", "adjust", "stamp", "timeZone"];

    private readonly JsonNode _root;
    private readonly Dictionary<string, JsonNode> _byId = new(StringComparer.Ordinal);

    private StrategySections(string configuration)
    {
        _root = JsonNode.Parse(configuration)!;
        foreach (var section in _root["strategies"]!.AsArray())
        {
            var copy = section!.DeepClone().AsObject();
            // The weight only affects the portfolio, not the strategy's own run.
            copy.Remove("weight");
            copy.Remove("weightByState");
            _byId[copy["id"]!.GetValue<string>()] = copy;
        }
    }

    public static StrategySections Of(string configuration) => new(configuration);

    public bool Has(string id) => _byId.ContainsKey(id);

    /// <summary>Whether both configurations define the strategy identically.</summary>
    public bool IsAlike(StrategySections other, string id) =>
        _byId.TryGetValue(id, out var mine) && other._byId.TryGetValue(id, out var theirs) && JsonNode.DeepEquals(mine, theirs);

    /// <exception cref="InputException">The account cannot switch between the two configurations.</exception>
    public static void CheckCompatible(Deployment from, Deployment to)
    {
        var (a, b) = (Of(from.Configuration)._root, Of(to.Configuration)._root);
        foreach (var key in Shared)
            if (!JsonNode.DeepEquals(a[key], b[key]))
                throw Incompatible(from, to, key);
        foreach (var key in SharedData)
            if (!JsonNode.DeepEquals(a["data"]?[key], b["data"]?[key]))
                throw Incompatible(from, to, "data." + key);
    }

    private static InputException Incompatible(Deployment from, Deployment to, string key) =>
        new($"deployment {to.Number} has another '{key}' than deployment {from.Number}, which the account trades; "
            + "start it on an account of its own, and wind this one down");
}
