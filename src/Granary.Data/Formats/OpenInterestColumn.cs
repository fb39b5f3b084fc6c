namespace Granary.Data.Formats;

/// <summary>The names of a column of open interest.</summary>
internal static class OpenInterestColumn
{
    // Without signs, in lower case: "Open Interest", "open_interest", "OpenInt".
    private static readonly string[] s_names = ["openinterest", "openint", "oi", "opint"];

    /// <summary>Whether vendors give this name to a column of open interest.</summary>
    public static bool IsName(string column) => s_names.Contains(FileSample.Plain(column));
}
