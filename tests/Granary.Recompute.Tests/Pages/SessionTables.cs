using System.Text.Json;
using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The account of a live session on paper: its equity and cash follow from its trades, and equal those of a backtest of the same
/// bars.</summary>
internal static class SessionTables
{
    public static void Check(PageCheck check, RunFigures run)
    {
        var (equity, cash) = (run.Rows[^1].Equity, run.Rows[^1].Cash);
        check.Pairs("Equity at the last bar", new Cells
        {
            ["Account"] = equity,
            ["The session's portfolio"] = equity,
            ["Backtest of the same bars"] = equity,
            ["Account less backtest"] = 0,
        });
        check.Sentences.Says("Account {}, a backtest of the same bars {}: no difference. *", equity, equity);
        var states = run.Files.Results.GetProperty("evidence").EnumerateObject()
            .Select(c => c.Value.GetProperty("state").GetString()).ToList();
        check.Sentences.Says("The configuration was traded all the same *: {} of {} checks of the backtest "
            + "that it comes from did not pass.",
            states.Count(s => s != "passed"), states.Count);
        var orders = File.ReadLines(Path.Combine(run.Files.Folder, "orders.csv")).Count() - 1;
        var session = run.Files.Results.GetProperty("session");
        check.Pairs("Orders", new Cells
        {
            ["Orders"] = orders,
            ["Fills"] = session.GetProperty("fills").GetDouble(),
            ["Rejected"] = 0,
            ["Unknown"] = 0,
            ["Open trades"] = run.Trades.Count(t => t.IsOpen),
            ["Fees paid"] = run.Trades.Sum(t => t.Commission),
            ["Cash"] = cash,
        });
    }
}
