using Granary.Data.Files;

namespace Granary.Data.Reading;

/// <summary>Bars in a JSON object: one of its properties holds objects or arrays, one for each bar, or objects by their time.</summary>
internal sealed record JsonRecordsLayout : BarFileLayout
{
    /// <summary>Whether the property of this name, at this depth from 1, holds the records.</summary>
    public required Func<string, int, bool> Holds { get; init; }

    /// <summary>Whether there is a list of records for each of several symbols, by name.</summary>
    public bool BySymbol { get; init; }

    /// <summary>The role of a member of a record that is an object.</summary>
    public Func<string, ColumnRole> Member { get; init; } = _ => ColumnRole.Skip;

    /// <summary>The roles of the values of a record that is an array.</summary>
    public ColumnRole[] Values { get; init; } = [];

    /// <summary>The last record is a bar that had not closed, and is left out.</summary>
    public bool LastIsOpen { get; init; }

    /// <summary>Whether records have an adjusted close.</summary>
    public bool Adjusted { get; init; }

    /// <summary>How the text should look, for messages.</summary>
    public required string Example { get; init; }

    /// <inheritdoc/>
    public override bool HasAdjustedClose => Adjusted;

    internal override IReadOnlyList<string> SymbolsIn(TextFile file) => BySymbol ? SymbolScan.OfJson(file) : [];

    internal override BarFileLayout Of(string symbol) => this with { Holds = (name, depth) => depth == 2 && name == symbol };

    internal override BarTextParser CreateParser(TextFile file, BarCollector collector, BarFileOptions options,
        Action<RowFault>? onFault) =>
        new JsonRecordsParser(this, file.DisplayName, collector, options, onFault);
}
