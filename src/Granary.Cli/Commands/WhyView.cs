using System.Globalization;
using Granary.Cli.Tables;
using Granary.Contracts.Why;
using Granary.Reporting.Html;
using Granary.Reporting.Runs;

namespace Granary.Cli.Commands;

/// <summary>Output of <c>granary why</c>.</summary>
internal static class WhyView
{
    public static void Write(WhyAnswer answer)
    {
        foreach (var note in answer.Notes) Output.Marked("Note", note);
        if (answer.Fold is { } fold) Show(fold);
        if (answer.Span is { } span) Show(answer, span);
        else Show(answer);
        Console.WriteLine();
        Console.WriteLine($"The same again: {answer.Command}");
    }

    private static void Show(WhyAnswer answer)
    {
        var bar = answer.Bar!;
        var last = bar.Last is { } end ? $" of {Whole(end)}" : "";
        Console.WriteLine($"{answer.Strategy}, bar {Whole(bar.Number)}{last} of {bar.Symbol} at {Time(bar.Time)}, known at "
            + $"{Time(bar.KnownAt)}");
        if (answer.Trade is { } trade)
            Console.WriteLine($"Trade {Whole(trade.Number)} ({trade.Side} {Market(trade.Quantity)} {trade.Symbol}) entered at "
                + $"{Time(trade.EntryTime)} for {Market(trade.EntryPrice)}" + (trade.ExitTime is { } exit
                    ? $", closed at {Time(exit)} for {Market(trade.ExitPrice)} by {trade.ExitReason}, net {Market(trade.NetProfit)}"
                    : ", open"));
        TableWriter.Write("Bars", [Column.Text("Symbol"), Column.Text("Time (UTC)"), Column.Number("Open"), Column.Number("High"),
            Column.Number("Low"), Column.Number("Close"), Column.Number("Volume")],
            answer.OtherBars.Prepend(bar).Select(b => new[] { b.Symbol, Time(b.Time), Market(b.Open), Market(b.High), Market(b.Low),
                Market(b.Close), Market(b.Volume) }));
        TableWriter.Write("Factors", [Column.Text("Symbol"), Column.Text("Factor"), Column.Number("Value"), Column.Text("Last bars")],
            answer.Factors.Select(f => new[] { f.Symbol, f.Name, Number(f.Value),
                string.Join("  ", f.Recent.Select(r => Short(r.Value))) }),
            "Factors: none");
        TableWriter.Write("Conditions", [Column.Text("Condition"), Column.Number("Left"), Column.Number("Right"), Column.Text("Holds"),
            Column.Text("For"), Column.Text("Symbol")],
            answer.Conditions.Select(c => new[] { c.Text, Number(c.Left), Number(c.Right), c.Holds ? "yes" : "no",
                string.Join(", ", c.Acts), c.Symbol }));
        ShowAccount(answer);
        TableWriter.Write("In the strategy's own account", [Column.Text("Event"), Column.Text("Symbol"), Column.Text("What")],
            answer.Events.Select(e => new[] { e.Kind, e.Symbol, e.Text }), "Nothing happened in the strategy's own account at this bar.");
        foreach (var signal in answer.Signals) ShowSignal(signal);
        ShowPortfolio(answer);
        TableWriter.Write("Sent and received", [Column.Number("No."), Column.Text("Time (UTC)"), Column.Text("Kind"), Column.Text("What")],
            answer.Venue.Select(f => new[] { Whole(f.Sequence), f.At is { } at ? Time(at) : "", f.Kind, f.Text }));
    }

    private static void Show(WhyFold fold) => Console.WriteLine($"Fold {Whole(fold.Number)} of {Whole(fold.Folds)}: {fold.Configuration} ("
        + $"{string.Join(", ", fold.Parameters.Select(p => $"{p.Key} {p.Value}"))}), chosen in {Time(fold.TrainedFrom)} to "
        + $"{Time(fold.TrainedTo)}, tested in {Time(fold.TestedFrom)} to {Time(fold.TestedTo)}");

    private static void ShowAccount(WhyAnswer answer)
    {
        var states = new[] { ("before", answer.Before), ("after", answer.After) }.Where(s => s.Item2 is not null).ToList();
        TableWriter.Write("Account of the strategy", [Column.Text("When"), Column.Number("Cash"), Column.Number("Equity"),
            Column.Text("Position"), Column.Text("Open trades"), Column.Text("Waiting orders")],
            states.Select(s => new[]
            {
                s.Item1, Cell.Money(s.Item2!.Cash), Cell.Money(s.Item2.Equity),
                string.Join(", ", s.Item2.Positions.Where(p => p.Quantity != 0).Select(p => $"{Market(p.Quantity)} {p.Symbol}")),
                string.Join("; ", s.Item2.Trades.Select(t => $"{Whole(t.Number)}: {t.Side} {Market(t.Quantity)} at {Market(t.EntryPrice)}"
                    + (t.Stop is { } stop ? $", stop {Market(stop)}" : "") + (t.Target is { } target ? $", target {Market(target)}" : ""))),
                string.Join("; ", s.Item2.Orders.Select(o => $"{o.Role} {o.Type} {o.Side} {Market(o.Quantity)}"
                    + (o.LimitPrice is { } limit ? $" limit {Market(limit)}" : "") + (o.StopPrice is { } at ? $" stop {Market(at)}" : ""))),
            }));
    }

    private static void ShowSignal(WhySignal signal)
    {
        Console.WriteLine();
        Console.WriteLine($"Signal {Whole(signal.Number)}: {signal.Side} {Market(signal.Quantity)} {signal.Symbol} at "
            + $"{Market(signal.Price)} "
            + (signal.Decision is { } decision ? $"is {decision}. {signal.Reason}" : "has no decision.")
            + (signal.Granted is > 0 and var granted ? $" The portfolio takes {Market(granted)}." : "")
            + (signal.Outcome is { } outcome ? $" Outcome in the strategy's own account: {outcome}." : ""));
        if (signal.Model is not { } model) return;
        Console.WriteLine($"Model {model.Name} version {Whole(model.Version)} predicts {Number(model.Prediction)}; rule {model.Rule} "
            + $"({string.Join(", ", model.Thresholds.Select(t => $"{t.Key} {Number(t.Value)}"))}); size × {Number(model.SizeFactor)}"
            + (model.Dissimilarity is { } far ? $"; dissimilarity {Number(far)}" : ""));
        TableWriter.Write("Features", [Column.Text("Feature"), Column.Number("Value")],
            model.Features.Select(f => new[] { f.Name, Number(f.Value) }));
    }

    private static void ShowPortfolio(WhyAnswer answer)
    {
        if (answer.Portfolio is { } p)
            TableWriter.Write("Portfolio after the bar", [Column.Number("Weight"), Column.Number("Cash"), Column.Number("Equity"),
                Column.Number("Exposure"), Column.Number("Free cash"), Column.Number("Reserved cash"), Column.Number("Open"),
                Column.Number("Reserved"), Column.Number("Drawdown", "%")],
                [[Number(p.Weight), Cell.Money(p.Cash), Cell.Money(p.Equity), Cell.Money(p.Exposure), Cell.Money(p.FreeCash),
                    Cell.Money(p.ReservedCash), Whole(p.OpenTrades), Whole(p.ReservedTrades), Cell.Percent(p.Drawdown)]]);
        TableWriter.Write(answer.Rules.Any(r => r.State != "open") ? "Rules of the portfolio at the first signal"
            : "Rules of the portfolio after the bar",
            [Column.Text("Rule"), Column.Text("Limits"), Column.Text("About"), Column.Number("Used"), Column.Number("Limit"),
                Column.Text("Unit"), Column.Text("State")],
            answer.Rules.Select(r => new[] { r.Name, r.Title, r.About ?? "", Short(r.Used), Short(r.Limit), r.Unit ?? "", r.State }));
    }

    private static void Show(WhyAnswer answer, WhySpan span)
    {
        Console.WriteLine($"{answer.Strategy}, {Counted.Of(span.Bars, "bar")} of {answer.Symbol} from {Time(span.From)} to "
            + $"{Time(span.To)}: {Counted.Of(span.Signals, "signal")}, a position at {Counted.Of(span.InPosition, "bar")}");
        TableWriter.Write("Conditions, those that failed most often first", [Column.Text("Condition"), Column.Text("For"),
            Column.Number("Failed"), Column.Number("Held"), Column.Number("Without a value")],
            span.Conditions.Select(c => new[] { c.Text, string.Join(", ", c.Acts), Whole(c.Failed), Whole(c.Held), Whole(c.Undefined) }));
        TableWriter.Write("Signals that the portfolio refused", [Column.Text("Decision"), Column.Number("Signals")],
            span.Refused.Select(r => new[] { r.Key, Whole(r.Value) }));
        if (span.NearestMiss is { } miss)
            Console.WriteLine($"Nearest miss: {miss.Text} at {Time(miss.Time)}, {Number(miss.Left)} and {Number(miss.Right)}, "
                + $"{Cell.Percent(miss.Distance)} % apart");
    }

    private static string Time(DateTime time) => NumberText.Time(time.Ticks);

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    // As many digits as the value has, since a condition is decided by the last one.
    private static string Number(double? value) => value is { } v ? RunText.Number(v) : "–";

    // Prices, quantities and amounts.
    private static string Market(double? value) => value is { } v ? Cell.Market(v) : "–";

    private static string Short(double? value) => value is { } v ? v.ToString("0.######", CultureInfo.InvariantCulture) : "–";
}
