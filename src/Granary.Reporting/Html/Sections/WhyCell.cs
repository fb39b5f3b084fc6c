using System.Globalization;
using Granary.Engine.Trading;
using Granary.Reporting.Html.Views;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Html.Sections;

/// <summary>A cell "Why?": what the run recorded of a signal, and the command that shows everything else.</summary>
internal static class WhyCell
{
    // The class of Granary.Simulation whose trades another program made.
    private const string RecordedTrades = "RecordedTrades";

    /// <summary>The column's head.</summary>
    public static HtmlColumn Column => new("Why", Number: false);

    /// <summary>Whether the strategies of a run can be run again, as the command does.</summary>
    public static bool Applies(RunView view) => !view.Model.IsLive && !view.Model.Interrupted;

    /// <param name="row">A signal.</param>
    public static void Write(HtmlWriter html, RunView view, StrategyEntry strategy, in SignalRow row) =>
        Write(html, view, strategy, SignalPlace(row.Signal.Number), Of(row));

    /// <param name="trade">A trade; in a walk-forward, trades are numbered within each configuration.</param>
    public static void Write(HtmlWriter html, RunView view, StrategyEntry strategy, in Trade trade)
    {
        if (view.Model.Section<WalkForwardResults>() is null)
            Write(html, view, strategy, SignalPlace(trade.Number), $"Signal {Count(trade.Number)}{Of(trade)}");
        else
            Write(html, view, strategy, (strategy.Symbols is null ? "" : $" --symbol {strategy.SymbolOf(trade)}")
                + $" --at {RunText.Time(trade.SignalTime)}", $"Signal{Of(trade)}");
    }

    private static string SignalPlace(int number) => string.Create(CultureInfo.InvariantCulture, $" --signal {number}");

    private static void Write(HtmlWriter html, RunView view, StrategyEntry strategy, string place, string recorded)
    {
        html.Write($"<td><details class=\"why\"><summary>Why?</summary>{recorded}");
        // Trades of a file have no bars at which a strategy decided.
        if (strategy.Class != RecordedTrades) html.Write($" Everything that decided: <code>granary why "
            + $"{view.Model.Run} --strategy \"{strategy.Id}\"{place}</code>");
        html.Raw("</details></td>");
    }

    private static string Of(in Trade trade) => trade.Reason == ExitReason.Open ? "; the trade is open."
        : $" at {NumberText.Time(trade.SignalTime)}; closed by {trade.Reason.Title()}.";

    private static string Of(in SignalRow row)
    {
        var signal = row.Signal;
        var model = double.IsNaN(signal.Prediction) ? ""
            : $" The model predicted {NumberText.Ratio(signal.Prediction)} and allowed "
                + $"{NumberText.Percent(signal.SizeFactor, 0)} of the size.";
        return $"{row.Decision.Sentence}{model}";
    }

    private static string Count(int number) => NumberText.Count(number);
}
