using Granary.Data.Files;

namespace Granary.Data.Reading;

/// <summary>One of the files that make up a market, and which of its rows count.</summary>
/// <param name="WindowFrom">Rows with bar times before this are not part of the market (UTC ticks).</param>
/// <param name="WindowTo">Nor are rows from here on.</param>
internal sealed record BarFilePart(TextFile File, BarFileLayout Layout, long WindowFrom = long.MinValue, long WindowTo = long.MaxValue);
