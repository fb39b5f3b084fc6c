using Granary.Data.BarFiles;
using Granary.Data.FolderStore;
using Granary.Data.Postgres;
using Granary.Data.QuestDb;
using Granary.Data.Reading;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>Opens a source by its address: csv:DIR, store:DIR, postgres://…, questdb://… or generated:….</summary>
public static class BarSources
{
    private static readonly string[] Schemes = [Address.Csv, Address.Store, Address.Postgres, Address.QuestDb, Address.Generated];

    /// <summary>Whether this class knows the kind of source.</summary>
    public static bool Knows(string source) => Schemes.Contains(Address.Parse(source).Scheme);

    /// <param name="source">As a batch writes it.</param>
    /// <param name="options">How files are read; null for the defaults.</param>
    /// <param name="baseFolder">What a relative DIR is relative to; null for the current folder.</param>
    /// <exception cref="BarDataException">There is no such kind of source, or no folder is named.</exception>
    public static IBarSource Create(string source, BarFileOptions? options = null, string? baseFolder = null)
    {
        var address = Address.Parse(source);
        if (address.IsFolder && address.Rest.Length == 0) throw new BarDataException($"source: '{source}' names no folder; write {address.Scheme}:DIR");
        var folder = baseFolder is null ? address.Rest : address.PlacedIn(baseFolder).Rest;
        return address.Scheme switch
        {
            Address.Csv => new CsvBarSource(folder, options),
            Address.Store => new StoreBarSource(folder, options?.Adjust ?? true),
            Address.Postgres => new PostgresBarSource(PostgresAddress.Parse(source), options?.Adjust ?? true),
            Address.QuestDb => new QuestDbBarSource(QuestDbAddress.Parse(source), options?.Adjust ?? true),
            Address.Generated => GeneratedBarSource.Parse(source),
            _ => throw NoSource(source, address),
        };
    }

    private static BarDataException NoSource(string source, Address address)
    {
        var nearest = Spelling.Nearest(address.Scheme.Length > 0 ? address.Scheme : source, Schemes);
        return new BarDataException($"source: '{source}' is no source of bars; {(nearest is null ? "use csv:DIR, store:DIR, postgres://…, questdb://… or generated:…" : $"did you mean {nearest}:{(address.Scheme.Length > 0 ? address.Rest : "")}?")}");
    }
}
