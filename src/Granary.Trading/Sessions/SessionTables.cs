using System.Text.Json;
using Granary.Contracts.Sessions;
using Granary.Engine.Trading;
using Granary.Reporting.Tables;

namespace Granary.Trading.Sessions;

/// <summary>The tables of a session that its journal gives while it runs.</summary>
internal static class SessionTables
{
    /// <summary>The log. Its columns are the fields of <see cref="SessionLogEntry"/>.</summary>
    public static readonly TableDefinition<SessionLogEntry> Log = new TableDefinition<SessionLogEntry>()
        .Whole("sequence", e => e.Sequence).Time("time", e => e.Time?.Ticks).Word("kind", e => Word(e.Kind)).Word("symbol", e => e.Symbol)
        .Word("strategy", e => e.Strategy).Word("side", e => e.Side is { } side ? Word(side) : null)
        .Number("quantity", e => e.Quantity ?? double.NaN).Number("price", e => e.Price ?? double.NaN)
        .Word("role", e => e.Role is { } role ? Word(role) : null).Word("reason", e => OneLine(e.Reason)).Text("text", e => OneLine(e.Text));

    // The words of the HTTP API.
    private static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    // A message of a broker can have line ends; a row is a line.
    private static string? OneLine(string? text) => text?.ReplaceLineEndings(" ");
}
