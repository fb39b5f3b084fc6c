using Granary.Data.Files;
using Granary.Data.Formats;
using Granary.Data.Lean;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.BarFiles;

/// <summary>Properties of a bar file, found in its first rows.</summary>
/// <param name="Timeframe">The most frequent step between rows, where it is one of <see cref="Timeframe.All"/>.</param>
public sealed record BarFileInspection(string Path, string Format, Timeframe? Timeframe, bool HasAdjustedClose,
    IReadOnlyList<string> Notes)
{
    /// <summary>The symbols of its column of symbols; empty if it has the bars of one market.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>Whether it has one day of a market, whose other days are in files beside it.</summary>
    public bool IsOfDay { get; init; }
}
