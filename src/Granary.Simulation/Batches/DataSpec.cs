using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

public sealed record DataSpec
{
    /// <summary>
    /// Address of the source: csv:DIR, parquet:DIR, store:DIR, postgres://…, questdb://…, kafka://…. The first part's source if there are
    /// <see cref="Parts"/>.
    /// </summary>
    public required Address Source { get; init; }

    public string Format { get; init; } = "auto";

    /// <summary>Symbols as written in the file; "*" stands for all symbols of the source.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>Timeframe of the source's bars.</summary>
    public required Timeframe Timeframe { get; init; }

    /// <summary>Start of the bars, UTC ticks, inclusive; <see cref="To"/> is exclusive.</summary>
    public long? From { get; init; }

    public long? To { get; init; }

    /// <summary>Whether available bars before <see cref="From"/> warm up factors and crossings.</summary>
    public bool WarmUp { get; init; } = true;

    public bool Adjust { get; init; } = true;

    /// <summary>Meaning of the timestamps in a file; null = opens, and for weeks and months what their dates show.</summary>
    public BarStamp? Stamp { get; init; }

    /// <summary>IANA time zone of timestamps without a zone; null = UTC, or the zone that the format defines.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Mapping of file columns to bar fields; null uses the files' headers.</summary>
    public ColumnMapping? Columns { get; init; }

    /// <summary>Instrument settings by symbol, in addition to the source's; "*" applies to all other symbols.</summary>
    public IReadOnlyDictionary<string, InstrumentKeys> Instruments { get; init; } = new Dictionary<string, InstrumentKeys>();

    /// <summary>The section <c>instruments</c> in the file; null if there is none.</summary>
    public JsonPart? InstrumentsPart { get; init; }

    /// <summary>Several sources with their own symbols; empty if <see cref="Source"/> provides all symbols.</summary>
    public IReadOnlyList<DataPart> Parts { get; init; } = [];

    /// <summary>The JSON value of the source, for error messages; the list of parts if there are several.</summary>
    public required JsonPart Place { get; init; }

    /// <summary>The JSON value of the timeframe, for error messages; the list of parts if there are several.</summary>
    public required JsonPart TimeframePlace { get; init; }

    /// <summary>Returns the settings of a symbol's instrument; null if the batch has none for it.</summary>
    public InstrumentKeys? InstrumentOf(string symbol) => Of(symbol).Instruments is var own && own.TryGetValue(symbol, out var found)
        || own.TryGetValue("*", out found) ? found : null;

    /// <summary>Returns the part that names a symbol; this object if no part does.</summary>
    public DataSpec Of(string symbol) => Parts.FirstOrDefault(p => p.Data.Symbols.Contains(symbol, StringComparer.Ordinal))?.Data ?? this;
}

/// <summary>One of several sources of a batch.</summary>
/// <param name="Folder">Base folder of its relative paths; null for the batch's folder.</param>
public sealed record DataPart(DataSpec Data, string? Folder);
