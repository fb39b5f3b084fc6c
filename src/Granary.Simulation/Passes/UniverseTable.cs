using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Granary.Engine.Market;
using Granary.Reporting.Tables;

namespace Granary.Simulation.Passes;

/// <summary>
/// The table universe: the members over time, one row per symbol and span, in the form of a file of members. The last time is missing while
/// the symbol is a member.
/// </summary>
internal static class UniverseTable
{
    /// <summary>The table's name.</summary>
    public const string Name = "universe";

    /// <summary>The table's columns.</summary>
    public static readonly TableDefinition<(string Symbol, MemberSpan Span)> Definition =
        new TableDefinition<(string Symbol, MemberSpan Span)>().Word("symbol", r => r.Symbol)
            .Time("from", r => r.Span.From > 0 ? r.Span.From : null).Time("to", r => r.Span.To == Membership.Open ? null : r.Span.To);

    /// <summary>The members by symbol and time.</summary>
    public static Table Of(IReadOnlyDictionary<string, Membership> members) => Definition.Of(Rows(members));

    /// <summary>SHA-256 of the rows, lower-case hex.</summary>
    public static string HashOf(IReadOnlyDictionary<string, Membership> members)
    {
        var text = new StringBuilder();
        foreach (var (symbol, span) in Rows(members))
            text.Append(CultureInfo.InvariantCulture, $"{symbol}\t{span.From}\t{span.To}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static IEnumerable<(string Symbol, MemberSpan Span)> Rows(IReadOnlyDictionary<string, Membership> members) =>
        members.OrderBy(m => m.Key, StringComparer.Ordinal).SelectMany(m => m.Value.Spans, (m, span) => (m.Key, span));
}
