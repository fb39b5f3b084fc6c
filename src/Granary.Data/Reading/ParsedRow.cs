using Granary.Data.Tables;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>A good row and where it stood.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Record">Number of the record if a line may hold several; otherwise 0.</param>
/// <param name="Adjusted">The adjusted close; without meaning where the file has none.</param>
internal readonly record struct ParsedRow(long Line, long Record, Bar Bar, double Adjusted)
{
    public long Time => Bar.Time;

    /// <summary>The row group, from 1; 0 in a text.</summary>
    public int Group { get; init; }

    /// <summary>Place of the row in the file, for messages.</summary>
    public string Place => Record > 0 ? $"record {Record}" : new RowPlace(Line, Group).ToString();

    /// <summary>Whether both rows have the same bar and adjusted close.</summary>
    public bool HasValuesOf(in ParsedRow other) => Bar == other.Bar && Adjusted.Equals(other.Adjusted);
}
