using Granary.Data.Files;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.BarFiles;

/// <summary>Puts the files of a market in the order of their times: names of partitions sort otherwise (month=10, month=9).</summary>
internal static class PartOrder
{
    /// <exception cref="BarDataException">A file cannot be read.</exception>
    public static List<string> Of(List<string> paths, BarQuery query, BarFileOptions options, Func<TextFile, FileMarkets> look)
    {
        if (paths.Count == 1) return paths;
        var times = paths.ConvertAll(path =>
        {
            var file = TextFile.Open(path, options.Files);
            var first = BarFile.FirstTimes(file, look(file).Of(query.Symbol, file.DisplayName), options);
            return (Path: path, First: first.Length == 0 ? long.MaxValue : first[0], Falls: first is [var f, .., var l] && f > l);
        });
        List<string> ordered = [.. times.OrderBy(t => t.First).ThenBy(t => t.Path, StringComparer.Ordinal).Select(t => t.Path)];
        // Files from newest to oldest are read in that order.
        if (times.Exists(t => t.Falls)) ordered.Reverse();
        return ordered;
    }
}
