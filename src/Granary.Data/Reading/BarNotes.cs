namespace Granary.Data.Reading;

/// <summary>Notes of a file's reader that other components react to.</summary>
internal static class BarNotes
{
    private const string Ticks = "counts price changes (ticks), not what was traded";

    /// <summary>The file has one price per row.</summary>
    public const string OnePrice =
        "the file has one price a bar, which is its open, high, low and close: nothing is known of the prices between two closes";

    /// <summary>A column under an unknown name may be the volume.</summary>
    internal const string UnreadVolume = "no column is read as volume";

    /// <summary>The volume of a file is MetaTrader's tick volume.</summary>
    internal static string TickVolume(string column) => $"the column '{column}' was taken as the volume: it {Ticks}";

    public static bool IsUnreadVolume(string note) => note.StartsWith(UnreadVolume, StringComparison.Ordinal);

    public static bool IsTickVolume(string note) => note.EndsWith(Ticks, StringComparison.Ordinal);
}
