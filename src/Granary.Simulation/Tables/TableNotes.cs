namespace Granary.Simulation.Tables;

/// <summary>Marks of the sentences about tables beside the bars, and about columns of the bars, that are notes of a run.</summary>
internal static class TableNotes
{
    public const string Midnights = "are midnights, so each row is that of a day";
    public const string NoRows = "has no rows", NoRates = "its funding has no rates";

    /// <summary>Whether a finding about a market decides what its columns, its funding or its volume are.</summary>
    public static bool Is(string finding) => finding.Contains(Midnights, StringComparison.Ordinal)
        || finding.Contains(NoRows, StringComparison.Ordinal) || finding.Contains(NoRates, StringComparison.Ordinal)
        || Data.Reading.BarNotes.IsUnreadVolume(finding);
}
