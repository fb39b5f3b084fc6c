using System.Security.Cryptography;
using System.Text;
using CsvHelper;
using Granary.Engine.Market;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Passes;

/// <summary>Writes universe.csv: the members over time, one row per symbol and span, in the form of a file of members.</summary>
public static class UniverseCsv
{
    /// <summary>The file's name.</summary>
    public const string Name = "universe.csv";

    /// <summary>Writes the members by symbol and time; times are UTC, and the last one is empty while the symbol is a member.</summary>
    public static void Write(TextWriter writer, IReadOnlyDictionary<string, Membership> members)
    {
        using var csv = CsvText.Open(writer);
        Row(csv, "symbol", "from", "to");
        foreach (var (symbol, membership) in members.OrderBy(m => m.Key, StringComparer.Ordinal))
            foreach (var span in membership.Spans)
                Row(csv, symbol, span.From > 0 ? RunText.Time(span.From) : "", span.To == Membership.Open ? "" : RunText.Time(span.To));
    }

    /// <summary>SHA-256 of the file's text, lower-case hex.</summary>
    public static string HashOf(IReadOnlyDictionary<string, Membership> members)
    {
        using var text = new StringWriter();
        Write(text, members);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Row(CsvWriter csv, string symbol, string from, string to)
    {
        csv.WriteField(symbol);
        csv.WriteField(from);
        csv.WriteField(to);
        csv.NextRecord();
    }
}
