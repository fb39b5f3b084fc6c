using Granary.Data.Postgres;
using Granary.Data.QuestDb;
using Granary.Data.Store;
using Granary.Engine.Market;

namespace Granary.Data;

/// <summary>Opens a source by what a batch calls it: csv:DIR, store:DIR, postgres://… or questdb://….</summary>
public static class BarSources
{
    private static readonly string[] Schemes = ["csv", "store"];

    /// <summary>Whether this class knows the kind of source.</summary>
    public static bool Knows(string source) => PostgresAddress.Fits(source) || QuestDbAddress.Fits(source) || Schemes.Contains(Split(source).Scheme);

    /// <param name="baseFolder">What a relative DIR is relative to; null for the current folder.</param>
    /// <exception cref="BarDataException">There is no such kind of source, or no folder is named.</exception>
    public static IBarSource Create(string source, BarFileOptions? options = null, string? baseFolder = null)
    {
        if (PostgresAddress.Fits(source)) return new PostgresBarSource(PostgresAddress.Parse(source), options?.Adjust ?? true);
        if (QuestDbAddress.Fits(source)) return new QuestDbBarSource(QuestDbAddress.Parse(source), options?.Adjust ?? true);
        var (scheme, rest) = Split(source);
        if (!Schemes.Contains(scheme))
        {
            var nearest = Spelling.Nearest(scheme, Schemes);
            throw new BarDataException($"source: '{source}' is no source of bars; {(nearest is null ? "use csv:DIR, store:DIR, postgres://… or questdb://…" : $"did you mean {nearest}:{rest}?")}");
        }
        if (rest.Length == 0) throw new BarDataException($"source: '{source}' names no folder; write {scheme}:DIR");
        var folder = baseFolder is null ? rest : Path.GetFullPath(Path.Combine(baseFolder, rest));
        return scheme == "csv" ? new CsvBarSource(folder, options) : new StoreBarSource(folder, options?.Adjust ?? true);
    }

    private static (string Scheme, string Folder) Split(string source)
    {
        var colon = source.IndexOf(':');
        return colon < 0 ? (source, "") : (source[..colon], source[(colon + 1)..]);
    }
}
