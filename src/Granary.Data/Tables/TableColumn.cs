namespace Granary.Data.Tables;

/// <summary>One column of a table of typed columns.</summary>
/// <param name="Name">As the file writes it.</param>
public sealed record TableColumn(string Name, TableKind Kind)
{
    /// <summary>Decimals of <see cref="TableKind.Whole"/>: the value is the whole number divided by 10 to this power.</summary>
    public int Scale { get; init; }

    /// <summary>Whether the numbers of <see cref="TableKind.Whole"/> have no sign: those from 2^63 on are stored as negative.</summary>
    public bool IsUnsigned { get; init; }

    /// <summary>Whether the times of <see cref="TableKind.Time"/> are UTC; otherwise they are local times of a zone that the file does
    /// not name.</summary>
    public bool IsUtc { get; init; }

    /// <summary>Name of the type in messages: "list", "decimal(18,4)".</summary>
    public required string Type { get; init; }
}
