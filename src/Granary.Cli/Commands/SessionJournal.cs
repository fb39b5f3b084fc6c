using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Cli.Tables;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Trading.Live;

namespace Granary.Cli.Commands;

/// <summary><c>granary session STATE journal</c>: prints the journal of an account.</summary>
internal static class SessionJournal
{
    private static readonly JsonSerializerOptions _line = new(Output.Json) { WriteIndented = false };

    private static readonly Column[] _columns =
        [Column.Number("No."), Column.Text("Time (UTC)"), Column.Text("Kind"), Column.Text("Strategy"), Column.Text("Symbol"),
            Column.Text("Entry")];

    public static Command Create(Argument<string> state, Option<string?> host)
    {
        var kind = new Option<string?>("--kind")
        {
            Description = "this kind only, such as SignalDecided, OrderIntended, VenueReported, TradeChanged, PositionChanged, WeightsChanged",
        };
        var strategy = new Option<string?>("--strategy") { Description = "this strategy only" };
        var symbol = new Option<string?>("--symbol") { Description = "this symbol only" };
        var from = new Option<string?>("--from") { Description = "recorded at or after" };
        var to = new Option<string?>("--to") { Description = "recorded before" };
        var json = new Option<bool>("--json") { Description = "one JSON object per line" };
        var command = new Command("journal", SessionCommands.Help("Print the journal, also after the end of the session.",
            "accounts/paper journal --kind OrderIntended")) { kind, strategy, symbol, from, to, json };
        command.SetAction(call =>
        {
            if (call.GetValue(host) is not null)
                throw new InputException("journal: a cluster's journal is read over its API (/api/v1/orders, /positions, /trades, "
                    + "/signals), or in the database's views");
            CheckKind(call.GetValue(kind));
            var folder = SessionCommands.StateOf(call, state);
            var entries = FileJournal.Peek(folder, new JournalQuery(call.GetValue(kind), call.GetValue(strategy),
                call.GetValue(symbol), At("--from", call.GetValue(from)), At("--to", call.GetValue(to))));
            if (call.GetValue(json))
                foreach (var e in entries) Console.WriteLine(JsonLine(e));
            else TableWriter.Write("", _columns, entries.Select(Row), $"The journal of {folder} has no such entry");
        });
        return command;
    }

    private static void CheckKind(string? kind)
    {
        if (kind is not null && !JournalCodec.KindNames.Contains(kind, StringComparer.Ordinal))
            throw new InputException($"--kind {kind}: the journal has no entries of this kind; "
                + (Spelling.Nearest(kind, JournalCodec.KindNames) is { } near ? $"did you mean {near}?"
                    : $"use one of {string.Join(", ", JournalCodec.KindNames)}"));
    }

    private static DateTimeOffset? At(string option, string? text) =>
        Given.Time(text, option) is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string[] Row(JournalEntry e) =>
        [e.Sequence.ToString(CultureInfo.InvariantCulture), Time(e.At), e.Kind, e.Strategy, e.Symbol, Encoding.UTF8.GetString(e.Body.Span)];

    private static string JsonLine(JournalEntry e)
    {
        using var body = JsonDocument.Parse(e.Body);
        return JsonSerializer.Serialize(new { e.Sequence, At = Time(e.At), e.Kind, e.Strategy, e.Symbol, Entry = body.RootElement }, _line);
    }
}
