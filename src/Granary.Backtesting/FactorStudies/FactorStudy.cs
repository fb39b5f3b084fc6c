using Granary.Engine.Analysis.FactorStudies;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;

namespace Granary.Backtesting.FactorStudies;

/// <summary>A finished factor study.</summary>
/// <param name="Panel">The values and prices from which it was computed.</param>
internal sealed record FactorStudy(FactorStudySpec Spec, FactorStudyResults Results, FactorPanel Panel)
{
    private readonly record struct Cell(int Symbol, int Date);

    /// <summary>
    /// The panel: a row for each symbol and date with a value of a factor or a return, with the group, the factors and the returns over
    /// each horizon.
    /// </summary>
    public Table PanelTable()
    {
        var table = new TableDefinition<Cell>().Word("symbol", c => Panel.Symbols[c.Symbol].Name).Time("time", c => Panel.Times[c.Date]);
        if (Panel.Groups is { } groups)
            table = table.Word("group", c => groups.Of(c.Symbol, c.Date) is >= 0 and var group ? groups.Names[group] : null);
        foreach (var (f, factor) in Spec.Factors.Index()) table = table.Number(factor, c => Panel.Value(f, c.Symbol, c.Date));
        foreach (var horizon in Spec.Keys.Horizons)
            table = table.Number(FormattableString.Invariant($"return_{horizon}"),
                c => Panel.ForwardReturn(c.Symbol, c.Date, horizon));
        return table.Of(Cells());
    }

    private IEnumerable<Cell> Cells()
    {
        for (var s = 0; s < Panel.Symbols.Count; s++)
            for (var d = 0; d < Panel.Times.Length; d++)
                if (Enumerable.Range(0, Spec.Factors.Count).Any(f => double.IsFinite(Panel.Value(f, s, d)))
                    || Spec.Keys.Horizons.Any(h => double.IsFinite(Panel.ForwardReturn(s, d, h))))
                    yield return new Cell(s, d);
    }
}
