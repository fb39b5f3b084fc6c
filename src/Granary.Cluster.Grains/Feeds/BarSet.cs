using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Cluster.Feeds;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Columns;
using Granary.Storage.Addresses;

namespace Granary.Cluster.Grains.Feeds;

/// <summary>Identifies the bars of a source: address, state of the files, format and range. Readers with equal sets share a feed.</summary>
/// <param name="Source">Address as <see cref="Address.Kept"/>.</param>
/// <param name="Folder">Base of a relative path in a plug-in's address; null otherwise.</param>
/// <param name="State">State of the files. For a source without files: the id of the run or session, so it has its own feed.</param>
/// <param name="From">Open time of the first bar, UTC ticks; null for the start.</param>
/// <param name="To">Exclusive end: bars that open at this time or later are left out, UTC ticks; null for the end.</param>
internal sealed record BarSet(string Source, string? Folder, string State, string Format, bool Adjust, BarStamp? Stamp, string? TimeZone,
    ColumnMapping? Columns, long? From, long? To)
{
    /// <summary>Further columns that the bars have, as far as their market has them.</summary>
    public IReadOnlyList<string> Further { get; init; } = [];

    /// <summary>Whether prices at or below zero are prices.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AllowsNegative { get; init; }

    /// <summary>Slower series that become further columns.</summary>
    public IReadOnlyList<AsofSet> Asof { get; init; } = [];

    /// <param name="group">Id of the run or session that reads the bars.</param>
    /// <param name="data">The source and how it is read.</param>
    /// <param name="files">State of the address's folder; null if the address is not a folder.</param>
    public static BarSet Of(string group, DataSpec data, FolderState? files, BarQuery query) =>
        new(data.Source.Kept, files is null ? Path.GetFullPath(data.Source.Folder) : null, files?.Of(query.Symbol) ?? group, data.Format,
            data.Adjust, data.Stamp, data.TimeZone, data.Columns, query.From, query.To)
        {
            Further = data.FurtherColumns,
            AllowsNegative = data.HasNegativePrices,
        };

    public static BarSet Parse(string text) => JsonSerializer.Deserialize<BarSet>(text)!;

    // They follow from the properties.
    [JsonIgnore]
    public BarFileOptions Options => new()
    {
        Format = Format,
        Adjust = Adjust,
        Stamp = Stamp,
        TimeZone = TimeZone,
        Columns = Columns,
        AllowsNegative = AllowsNegative,
    };

    /// <summary>Opens the bars of a feed. The thread pool parses files, so grain calls on this silo do not wait.</summary>
    public Task<IBarSeries> OpenAsync(GranaryCatalogues catalogues, FeedKey feed, CancellationToken cancellationToken)
    {
        var place = catalogues.PlaceOf(Folder ?? ".");
        var source = FurtherSource.Of(catalogues.Sources.Open(place.Address(Source), Options), Further,
            [.. Asof.Select(a => a.Keys(place))], catalogues.Tables);
        return Task.Run(() => source.OpenAsync(new BarQuery(feed.Symbol, feed.Timeframe, From, To), cancellationToken).AsTask(),
            cancellationToken);
    }

    public string ToText() => JsonSerializer.Serialize(this);

    public FeedKey KeyOf(BarQuery query) =>
        new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToText())))[..24], query.Symbol, query.Timeframe);
}
