using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Learning.Drift;
using Granary.Learning.Watching;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>The keys of <c>watch</c>: a drift detector with the reactions to its alerts, or its name alone.</summary>
[ShortForm("detector")]
internal sealed record WatchKeys
{
    [Key("a name of the [detectors](#drift)")]
    public string Detector { get; init; } = "adwin";

    [Key("the detector's parameters, by name", Without = "the detector's", Offers = KeyType.AnyValue)]
    public IReadOnlyDictionary<string, JsonPart> Params { get; init; } = new Dictionary<string, JsonPart>();

    [Key("part of the size that an alert leaves"), Range(0, 0.99)]
    public double Weight { get; init; } = 0.5;

    [Key("closed trades after which the error is reviewed"), Range(5, 10_000)]
    public int Review { get; init; } = 50;

    [Key("whether an alert puts an earlier version in force")]
    public bool Rollback { get; init; } = true;

    /// <summary>Checks detector and parameters.</summary>
    /// <param name="part">The place of the keys.</param>
    public WatchRule ToRule(JsonPart part)
    {
        if (part.IsFaulty) return new WatchRule();
        var parameters = Params.ToDictionary(p => p.Key, p => p.Value.Text, StringComparer.Ordinal);
        var name = part.Find("detector") ?? part;
        name.Make<object?>(() => DriftDetectorCatalogue.BuiltIn.Create(Detector), null);
        if (parameters.Count > 0 && !name.IsFaulty)
            part.Need("params").Make<object?>(() => DriftDetectorCatalogue.BuiltIn.Create(Detector, parameters), null);
        return new WatchRule(Detector, parameters.Count > 0 ? parameters : null, Weight, Review, Rollback);
    }
}
