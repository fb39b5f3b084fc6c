using Granary.Data.Files;
using Granary.Data.Formats;
using Granary.Data.Lean;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.BarFiles;

/// <summary>Properties of a bar file, found in its first rows.</summary>
/// <param name="Timeframe">By the steps between the first rows; null if they show none of <see cref="Timeframe.All"/>, or several.</param>
internal sealed record BarFileInspection(string Path, string Format, Timeframe? Timeframe, bool HasAdjustedClose,
    IReadOnlyList<string> Notes)
{
    /// <summary>The symbols of its column of symbols; empty if it has the bars of one market.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>The only symbol in its column of symbols; null if there is no such column, or there are several symbols.</summary>
    public string? Symbol { get; init; }

    /// <summary>The number of the rows that were inspected.</summary>
    public int Rows { get; init; }

    /// <summary>Whether decimals follow a comma, as in 1.234,56.</summary>
    public bool HasDecimalComma { get; init; }

    /// <summary>The zone in which times without one are read, if the file has such times and bars shorter than a day.</summary>
    public string? AssumedZone { get; init; }

    /// <summary>Whether it has one day of a market, whose other days are in files beside it.</summary>
    public bool IsOfDay { get; init; }
}
