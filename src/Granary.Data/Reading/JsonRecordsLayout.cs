using Granary.Data.Files;

namespace Granary.Data.Reading;

/// <summary>Layout of a JSON object with bars: one of its properties holds an object or array for each bar, or objects keyed by
/// time.</summary>
internal sealed record JsonRecordsLayout : BarFileLayout
{
    /// <summary>Whether the property of this name, at this depth from 1, holds the records.</summary>
    public required Func<string, int, bool> Holds { get; init; }

    /// <summary>Whether each of several symbols has a named list of records.</summary>
    public bool BySymbol { get; init; }

    /// <summary>The role of a member if records are objects.</summary>
    public Func<string, ColumnRole> Member { get; init; } = _ => ColumnRole.Skip;

    /// <summary>The roles of the values if records are arrays.</summary>
    public ColumnRole[] Values { get; init; } = [];

    /// <summary>Whether the last record is an open bar, which is omitted.</summary>
    public bool LastIsOpen { get; init; }

    /// <summary>Whether records have an adjusted close.</summary>
    public bool Adjusted { get; init; }

    /// <summary>Example of a valid text, for messages.</summary>
    public required string Example { get; init; }

    /// <inheritdoc/>
    public override bool HasAdjustedClose => Adjusted;

    internal override IReadOnlyList<string> SymbolsIn(TextFile file) => BySymbol ? SymbolScan.OfJson(file) : [];

    internal override BarFileLayout Of(string symbol) => this with { Holds = (name, depth) => depth == 2 && name == symbol };

    internal override BarTextParser CreateParser(TextFile file, BarCollector collector, BarFileOptions options,
        Action<RowFault>? onFault) =>
        new JsonRecordsParser(this, file.DisplayName, collector, options, onFault);
}
