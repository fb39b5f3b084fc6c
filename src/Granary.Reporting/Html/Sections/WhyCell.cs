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
    public static bool Applies(RunView view) => !view.Model.IsLive && view.Model.Section<WalkForwardResults>() is null
        && !view.Model.Interrupted;

    /// <param name="signal">Number of the signal, which the trade that it opened has too.</param>
    /// <param name="recorded">What the run recorded, one or several sentences.</param>
    public static void Write(HtmlWriter html, RunView view, StrategyEntry strategy, int signal, string recorded)
    {
        html.Write($"<td><details class=\"why\"><summary>Why?</summary>{recorded}");
        // Trades of a file have no bars at which a strategy decided.
        if (strategy.Class != RecordedTrades) html.Write($" Everything that decided: <code>granary why "
            + $"{view.Model.Run} --strategy \"{strategy.Id}\" --signal {signal}</code>");
        html.Raw("</details></td>");
    }

    /// <summary>The recorded reasons of a trade.</summary>
    public static string Of(in Trade trade) => trade.Reason == ExitReason.Open ? $"Signal {Count(trade.Number)}; the trade is open."
        : $"Signal {Count(trade.Number)} at {NumberText.Time(trade.SignalTime)}; closed by {trade.Reason.Title()}.";

    /// <summary>The recorded reasons of a signal.</summary>
    public static string Of(in SignalRow row)
    {
        var signal = row.Signal;
        var model = double.IsNaN(signal.Prediction) ? ""
            : $" The model predicted {NumberText.Ratio(signal.Prediction)} and allowed "
                + $"{NumberText.Percent(signal.SizeFactor, 0)} of the size.";
        return $"{row.Decision.Sentence}{model}";
    }

    private static string Count(int number) => NumberText.Count(number);
}
