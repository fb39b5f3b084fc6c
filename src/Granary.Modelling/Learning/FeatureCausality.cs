using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Learning.Features;
using Granary.Simulation.LookAhead;

namespace Granary.Modelling.Learning;

/// <summary>
/// The look-ahead check of features before a model learns them. Factors of plug-ins and of the host program are computed a second time, bar
/// by bar as in a live session, so no later bar exists. Plug-ins are scanned for other ways to the future. Granary's own factors pass
/// the same check in its tests.
/// </summary>
internal static class FeatureCausality
{
    /// <exception cref="InputException">A feature reads later bars, or its plug-in can reach data beyond the bars.</exception>
    public static void Require(FeatureBars bars, IReadOnlyList<FeatureSet> sets, IReadOnlyList<FeatureTable> tables)
    {
        for (var s = 0; s < sets.Count; s++)
        {
            if (ForeignOf(sets[s]) is not { } foreign) continue;
            RequireClean(foreign);
            Compare(foreign, tables[s], bars.BarByBar(foreign));
        }
    }

    /// <summary>Scans the plug-ins of features that are already computed bar by bar, as for risk models.</summary>
    /// <exception cref="InputException">A plug-in can reach data beyond the bars.</exception>
    public static void RequireClean(FeatureSet set)
    {
        if (ForeignOf(set) is not { } foreign) return;
        var found = PluginReach.Of(foreign.Requests.Select(r => r.Definition.Kernel));
        if (found.Count > 0)
            throw new InputException($"the feature '{foreign.Names[0]}' is not learned, because its plug-in "
                + $"{found[0].Plugin} fails the look-ahead check: {found[0].Sentence}");
    }

    private static FeatureSet? ForeignOf(FeatureSet set) => set.Where(r => PluginReach.IsForeign(r.Definition.Kernel));

    private static void Compare(FeatureSet foreign, FeatureTable table, FeatureTable live)
    {
        var names = table.Names.ToList();
        int[] columns = [.. foreign.Names.Select(n => names.IndexOf(n))];
        for (var bar = 0; bar < table.Bars; bar++)
            for (var f = 0; f < columns.Length; f++)
            {
                var (past, known) = (table.Row(bar)[columns[f]], live.Row(bar)[f]);
                if (BitConverter.DoubleToInt64Bits(past) == BitConverter.DoubleToInt64Bits(known)
                    || (double.IsNaN(past) && double.IsNaN(known)))
                    continue;
                throw new InputException($"the feature '{foreign.Names[f]}' looks ahead: at the bar of "
                    + $"{new DateTime(table.Time[bar], DateTimeKind.Utc):yyyy-MM-dd HH:mm}Z it differs from its value while later bars are "
                    + "not known yet; correct the factor, whose value at a bar may depend on this bar and earlier ones only");
            }
    }
}
