using Granary.Data.Funding;
using Granary.Engine.Market;
using Granary.Simulation.Tables;
using Granary.Storage.Files;

namespace Granary.Simulation.Batches;

/// <summary>Reads a file of funding rates: times, rates, and optional columns of symbols and mark prices.</summary>
internal static class FundingFile
{
    // No exchange charges a tenth of a position's value at once; percentages exceed it.
    private const double MostRate = 0.1;

    private static readonly string[] s_rates = ["rate", "fundingRate", "funding_rate", "last_funding_rate", "r"];
    private static readonly string[] s_marks = ["mark", "markPrice", "mark_price"];

    /// <param name="files">The files that may be opened.</param>
    /// <returns>Rows by symbol, oldest first; those of a file without symbols under the empty text.</returns>
    /// <exception cref="BarDataException">A row is invalid; one sentence.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<FundingRow>> Read(string path, PermittedFiles files)
    {
        var table = TimeTable.Read(path, names => Chosen(path, names), files: files);
        var rows = new List<FundingRow>();
        for (var i = 0; i < table.Times.Length; i++)
        {
            var rate = table.Columns[0][i];
            if (Math.Abs(rate) > MostRate)
                throw table.Fault(i, table.Names[0], FormattableString.Invariant($"{rate} is beyond ±{MostRate} per period"),
                    "give the rate as a fraction, 0.01 % as 0.0001");
            rows.Add(new FundingRow(Minute(table.Times[i]), rate, table.Columns.Length > 1 ? table.Columns[1][i] : double.NaN));
        }
        return new Dictionary<string, IReadOnlyList<FundingRow>> { [""] = rows };
    }

    private static List<string> Chosen(string path, IReadOnlyList<string> names)
    {
        List<string> chosen = [Column(names, s_rates) ?? throw BarDataException.At(path, 1, null,
            $"none of the columns {string.Join(", ", names)} has funding rates", "name the column of the rates 'rate'")];
        if (Column(names, s_marks) is { } mark) chosen.Add(mark);
        return chosen;
    }

    private static string? Column(IReadOnlyList<string> names, string[] known) =>
        known.Select(k => names.FirstOrDefault(n => n.Equals(k, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(n => n is not null);

    /// <summary>Exchanges publish the moment of booking, which is some milliseconds after the full hour.</summary>
    private static long Minute(long time) => (time + TimeSpan.TicksPerMinute / 2) / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute;
}
