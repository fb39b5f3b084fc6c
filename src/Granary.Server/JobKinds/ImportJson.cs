using System.Text.Json;
using Granary.Data.Stores;

namespace Granary.Server.JobKinds;

/// <summary>Writes the result of an import as JSON.</summary>
internal static class ImportJson
{
    /// <param name="faults">One sentence for each market that failed completely or in part.</param>
    public static string Write(IReadOnlyList<ImportResult> results, IReadOnlyList<string> faults) =>
        JsonSerializer.Serialize(new { Files = Rows(results), Faults = faults }, ResultFile.Json);

    /// <summary>Returns only the rows, one for each file, which <c>data import --json</c> prints.</summary>
    public static object Rows(IReadOnlyList<ImportResult> results) => results.Select(r => new
    {
        r.File,
        r.Format,
        r.Symbol,
        Timeframe = r.Timeframe.ToString(),
        r.Read,
        r.Added,
        r.Replaced,
        r.Unchanged,
        r.SkippedRows,
        r.Total,
        r.ContentHash,
        r.Notes,
    });
}
