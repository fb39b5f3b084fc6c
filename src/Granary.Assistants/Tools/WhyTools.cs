using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Assistants.Calls;
using Granary.Backtesting.Why;
using Granary.Contracts.Jobs;
using Granary.Contracts.Why;
using Granary.Simulation.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Granary.Assistants.Tools;

/// <summary>A tool that tells what decided at a bar of a run.</summary>
internal sealed class WhyTools(AssistantCall call, RunWhy why)
{
    private const int MostRecent = 5;

    [McpServerTool(Name = "why", Title = "Why did it trade?", ReadOnly = true, OpenWorld = false)]
    [Description("Everything that decided about a strategy of a run at one bar: the bar, factors, conditions with both sides, account, signals, "
        + "the portfolio's rules. Name the bar by exactly one of at, trade or signal; or name a span, to see why it did not trade "
        + "there.")]
    public async Task<CallToolResult> WhyAsync([Description("The id of the run.")] string run,
        [Description("The id of the strategy, as get_results shows it.")] string strategy,
        [Description("A time within the bar, ISO 8601.")] string? at = null,
        [Description("The number of the trade, from 1 in the order of list_trades without sort."), Range(1, int.MaxValue)]
        int? trade = null,
        [Description("The number of the signal, as list_signals shows it."), Range(1, int.MaxValue)] int? signal = null,
        [Description("A span as FROM..TO in ISO 8601; each end may be left out.")] string? span = null,
        [Description("One of the strategy's symbols.")] string? symbol = null)
    {
        call.Open(run);
        var (from, to) = TimeSpanText.Read("span", span);
        var query = new WhyQuery(strategy, symbol, Time(at is null ? null : UtcTicks.Read("at", at)), trade, signal, Time(from), Time(to));
        var found = await why.AnswerAsync(run, query).ConfigureAwait(false);
        var answer = Answer.Of($"{found.Strategy} on {found.Symbol} {found.Timeframe}").With("run", JsonValue.Create(run));
        if (found.Fold is { } fold) AddFold(answer, fold);
        if (found.Bar is { } bar) AddBar(answer, bar);
        if (found.Span is { } bars) AddSpan(answer, bars);
        AddConditions(answer, found);
        foreach (var e in found.Events) answer.Line($"{e.Kind}: {e.Text}");
        foreach (var s in found.Signals) answer.Line(SentenceOf(s));
        AddRules(answer, found);
        foreach (var note in found.Notes) answer.Line("note: " + note);
        return answer.With("why", AnswerNumber.Of(Shown(found))).Done();
    }

    // The command has a path of the server, and an assistant needs few of the earlier values.
    private static JsonNode Shown(WhyAnswer found)
    {
        var shown = found with
        {
            Factors = [.. found.Factors.Select(f => f with { Recent = [.. f.Recent.TakeLast(MostRecent)] })],
        };
        var json = JsonSerializer.SerializeToNode(shown, JobJson.Options)!.AsObject();
        json.Remove("command");
        return json;
    }

    private static void AddFold(Answer answer, WhyFold fold) => answer.Line(string.Create(CultureInfo.InvariantCulture,
        $"fold {fold.Number} of {fold.Folds}: {fold.Configuration}, chosen in {fold.TrainedFrom:yyyy-MM-dd} to {fold.TrainedTo:yyyy-MM-dd}, ")
        + string.Create(CultureInfo.InvariantCulture, $"tested in {fold.TestedFrom:yyyy-MM-dd} to {fold.TestedTo:yyyy-MM-dd}"));

    private static void AddBar(Answer answer, WhyBar bar) => answer.Line(string.Create(CultureInfo.InvariantCulture,
        $"bar {bar.Number} of {bar.Last}, open {bar.Time:yyyy-MM-ddTHH:mm:ssZ}, known at {bar.KnownAt:yyyy-MM-ddTHH:mm:ssZ}: ")
        + string.Create(CultureInfo.InvariantCulture, $"open {bar.Open:G6}, high {bar.High:G6}, low {bar.Low:G6}, close {bar.Close:G6}"));

    private static void AddSpan(Answer answer, WhySpan span)
    {
        answer.Line(string.Create(CultureInfo.InvariantCulture, $"{span.Bars} bars from {span.From:yyyy-MM-ddTHH:mm:ssZ} to ")
            + string.Create(CultureInfo.InvariantCulture, $"{span.To:yyyy-MM-ddTHH:mm:ssZ}, {span.InPosition} of them in a position, ")
            + string.Create(CultureInfo.InvariantCulture, $"{span.Signals} signals"));
        foreach (var c in span.Conditions)
            answer.Line(string.Create(CultureInfo.InvariantCulture, $"condition {c.Text}: failed {c.Failed}, held {c.Held}, undefined {c.Undefined}"));
        foreach (var (decision, count) in span.Refused) answer.Line(string.Create(CultureInfo.InvariantCulture, $"refused by {decision}: {count}"));
        if (span.NearestMiss is { } miss)
            answer.Line(string.Create(CultureInfo.InvariantCulture, $"nearest miss {miss.Time:yyyy-MM-ddTHH:mm:ssZ}: {miss.Text}, ")
                + string.Create(CultureInfo.InvariantCulture, $"{miss.Left:G6} against {miss.Right:G6}"));
    }

    private static void AddConditions(Answer answer, WhyAnswer found)
    {
        foreach (var f in found.Factors)
            answer.Line(string.Create(CultureInfo.InvariantCulture, $"factor {f.Name} of {f.Symbol}: {(f.Value is { } v ? $"{v:G6}" : "not warm")}"));
        foreach (var c in found.Conditions)
            answer.Line(string.Create(CultureInfo.InvariantCulture, $"condition {c.Text}: {(c.Holds ? "holds" : "does not hold")} ")
                + string.Create(CultureInfo.InvariantCulture, $"({c.LeftName} {c.Left:G6}, {c.RightName} {c.Right:G6})"));
        if (found.After is { } after)
            answer.Line(string.Create(CultureInfo.InvariantCulture, $"account after the bar: equity {after.Equity:G6}, cash {after.Cash:G6}, ")
                + string.Create(CultureInfo.InvariantCulture, $"{after.Trades.Count} open trades, {after.Orders.Count} orders"));
    }

    private static void AddRules(Answer answer, WhyAnswer found)
    {
        foreach (var r in found.Rules.Where(r => r.State != "open" || r.Used is not null))
            answer.Line(string.Create(CultureInfo.InvariantCulture, $"rule {r.Name}: {r.State}")
                + (r.Used is { } used ? string.Create(CultureInfo.InvariantCulture, $", {used:G6} of {r.Limit:G6} {r.Unit}") : ""));
    }

    private static string SentenceOf(WhySignal s) => string.Create(CultureInfo.InvariantCulture,
        $"signal {s.Number}: {s.Side} {s.Type} {s.Quantity:G6} at {s.Price:G6}, portfolio {s.Decision ?? "was not asked"}")
        + (s.Reason is { } reason ? $" ({reason})" : "") + (s.Outcome is { } outcome ? $", ended as {outcome}" : "");

    private static DateTime? Time(long? ticks) => ticks is { } known ? new DateTime(known, DateTimeKind.Utc) : null;
}
