using Granary.Data.Files;
using Granary.Data.Formats;
using Granary.Data.Lean;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.BarFiles;

/// <summary>Properties of a bar file, found in its first rows.</summary>
/// <param name="Timeframe">The most frequent step between rows, where it is one of <see cref="Timeframe.All"/>.</param>
public sealed record BarFileInspection(string Path, string Format, Timeframe? Timeframe, bool HasAdjustedClose,
    IReadOnlyList<string> Notes);
