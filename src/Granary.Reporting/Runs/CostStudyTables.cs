using System.Globalization;
using Granary.Reporting.Tables;

namespace Granary.Reporting.Runs;

/// <summary>The table of measured costs, from which a CSV file is written.</summary>
internal static class CostStudyTables
{
    private sealed record Line(CostModel Model, string Term, CostFigure Cost)
    {
        public string? Side { get; init; }

        public string? Venue { get; init; }

        public int? Hour { get; init; }

        public int Fills { get; init; }

        public double Raw { get; init; } = double.NaN;

        public double Shrinkage { get; init; } = double.NaN;
    }

    /// <summary>A row for each estimate: pool, sides, cells, hours, size and volatility of each reference price.</summary>
    public static Table Of(CostStudyResults costs) => new TableDefinition<Line>()
        .Word("reference", l => l.Model.Reference).Word("term", l => l.Term).Word("side", l => l.Side).Word("venue", l => l.Venue)
        .Word("hour", l => l.Hour?.ToString(CultureInfo.InvariantCulture)).Whole("fills", l => l.Fills).Number("raw", l => l.Raw)
        .Number("shrinkage", l => l.Shrinkage).Number("mean", l => l.Cost.Mean).Number("low", l => l.Cost.Low)
        .Number("high", l => l.Cost.High).Number("upper", l => l.Cost.Upper).Of(costs.Models.SelectMany(Lines));

    private static IEnumerable<Line> Lines(CostModel model) =>
    [
        new(model, "pool", model.Pool) { Fills = model.Fills, Raw = model.Raw },
        .. model.Sides.Select(s => new Line(model, "side", s.Cost) { Side = s.Side, Fills = s.Fills, Raw = s.Raw }),
        .. model.Cells.Select(c => new Line(model, "cell", c.Cost)
        {
            Side = c.Side,
            Venue = c.Venue,
            Fills = c.Fills,
            Raw = c.Raw,
            Shrinkage = c.Shrinkage,
        }),
        .. model.Hours.Select(h => new Line(model, "hour", h.Cost)
        {
            Hour = h.Hour,
            Fills = h.Fills,
            Raw = h.Raw,
            Shrinkage = h.Shrinkage,
        }),
        .. model.Size is { } size ? [new Line(model, "size", size.Cost) { Fills = model.Fills }] : Array.Empty<Line>(),
        .. model.Volatility is { } volatility ? [new Line(model, "volatility", volatility.Cost) { Fills = model.Fills }]
            : Array.Empty<Line>(),
    ];
}
