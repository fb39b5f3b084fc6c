using Granary.Data.Files;

namespace Granary.Data.Reading;

/// <summary>One of the files that form a market, with the range of its rows that belong to it.</summary>
/// <param name="WindowFrom">Rows with bar times before this are not part of the market (UTC ticks).</param>
/// <param name="WindowTo">Rows from this time on are not part of the market (UTC ticks).</param>
internal sealed record BarFilePart(TextFile File, BarFileLayout Layout, long WindowFrom = long.MinValue, long WindowTo = long.MaxValue);
