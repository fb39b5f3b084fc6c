using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>A good row and where it stood.</summary>
/// <param name="Line">Counted from 1.</param>
/// <param name="Record">Where a line may hold several, which of the file; 0 else.</param>
/// <param name="Adjusted">The adjusted close; without meaning where the file has none.</param>
internal readonly record struct GatheredRow(long Line, long Record, Bar Bar, double Adjusted)
{
    public long Time => Bar.Time;

    /// <summary>Where it stood, as a person finds it.</summary>
    public string Place => Record > 0 ? $"record {Record}" : $"line {Line}";

    /// <summary>Whether it says the same.</summary>
    public bool HasValuesOf(in GatheredRow other) => Bar == other.Bar && Adjusted.Equals(other.Adjusted);
}
