using Granary.Learning.Registry;
using Granary.Simulation.Catalogues;

namespace Granary.Api.Models;

/// <summary>Opens the server's registry of models.</summary>
internal sealed class ServerModels(ApiSettings settings, GranaryCatalogues known)
{
    public ModelRegistry Open() => known.OpenRegistry(settings.ModelRegistry);

    /// <summary>
    /// Removes undefined figures, such as the AUC of a single class, from a lineage, because JSON has no number for them.
    /// </summary>
    public static ModelLineage Shown(ModelLineage lineage) => lineage with
    {
        InSample = Defined(lineage.InSample),
        OutOfSample = Defined(lineage.OutOfSample),
        TrainTestGap = lineage.TrainTestGap is { } gap && double.IsFinite(gap) ? gap : null,
        Checks = lineage.Checks is { } checks ? Defined(checks) : null,
    };

    private static Dictionary<string, double> Defined(IReadOnlyDictionary<string, double> figures) =>
        figures.Where(f => double.IsFinite(f.Value)).ToDictionary(StringComparer.Ordinal);
}
