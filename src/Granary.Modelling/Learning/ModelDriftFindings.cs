using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Simulation.Json;

namespace Granary.Modelling.Learning;

/// <summary>A change of the mean squared error of a model's predictions out of sample.</summary>
/// <param name="Noticed">When the label was known that showed it, UTC.</param>
/// <param name="Since">When the features of the first prediction after the change were known, UTC.</param>
/// <param name="Before">Mean squared error from the change before to this one; null where it is not defined.</param>
/// <param name="After">Mean squared error from <paramref name="Since"/> to <paramref name="Noticed"/>; null where it is not
/// defined.</param>
public sealed record ModelLossChange(DateTime Noticed, DateTime Since, double? Before, double? After);

/// <summary>The findings of a drift detector in the errors of a model's predictions out of sample.</summary>
/// <param name="Detector">As <c>granary drift</c> names it.</param>
/// <param name="Watched">Number of predictions, whose labels do not overlap.</param>
/// <param name="Changes">In order of time.</param>
public sealed record ModelDriftFindings(string Detector, int Watched, IReadOnlyList<ModelLossChange> Changes)
{
    /// <summary>Reads the findings of a unit of learning.json; null if its predictions were not watched.</summary>
    internal static ModelDriftFindings? Of(JsonObject unit) => unit["watched"] is JsonValue watched && watched.TryGetValue(out int count)
        && count > 0 ? new ModelDriftFindings("adwin", count,
            [.. (unit["lossChanges"] as JsonArray ?? []).OfType<JsonObject>().Select(ChangeOf)])
        : null;

    private static ModelLossChange ChangeOf(JsonObject change) => new(change["noticed"].Deserialize<DateTime>(),
        change["since"].Deserialize<DateTime>(), JsonNumber.Of(change["before"]), JsonNumber.Of(change["after"]));
}
