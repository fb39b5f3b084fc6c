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

    /// <summary>The depth of the list of records, if they have a <see cref="SymbolMember"/>.</summary>
    public int Depth { get; init; }

    /// <summary>The member with the symbol of each record; null if records have none.</summary>
    public string? SymbolMember { get; init; }

    /// <summary>The symbol whose records are read; null for all.</summary>
    public string? Symbol { get; init; }

    /// <summary>Texts of members with the role <see cref="ColumnRole.Constant"/>.</summary>
    public IReadOnlyDictionary<string, string> Constants { get; init; } = new Dictionary<string, string>();

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

    internal override IReadOnlyList<string> SymbolsIn(TextFile file) => BySymbol ? SymbolScan.OfJson(file)
        : SymbolMember is not null ? SymbolScan.OfMember(file, SymbolMember, Depth + 2) : [];

    internal override BarFileLayout Of(string symbol) => SymbolMember is not null ? this with { Symbol = symbol }
        : this with { Holds = (name, depth) => depth == 2 && name == symbol };

    internal override BarTextParser CreateParser(TextFile file, BarCollector collector, BarFileOptions options,
        Action<RowFault>? onFault) =>
        new JsonRecordsParser(this, file.DisplayName, collector, options, onFault);
}
