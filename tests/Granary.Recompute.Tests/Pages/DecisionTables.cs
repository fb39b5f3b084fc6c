using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>Streaks of closed trades, and signals by the portfolio's decision.</summary>
internal static class DecisionTables
{
    public static void Streaks(PageCheck check, IReadOnlyList<TradeRow> closed)
    {
        const string Caption = "Streaks by length";
        var found = new Dictionary<(int Sign, int Length), int>();
        var (sign, length) = (0, 0);
        foreach (var trade in closed.Append(null))
        {
            var next = trade is null ? 0 : Math.Sign(trade.NetProfit);
            if (next == sign && next != 0)
            {
                length++;
                continue;
            }
            if (sign != 0) found[(sign, length)] = found.GetValueOrDefault((sign, length)) + 1;
            (sign, length) = (next, 1);
        }
        foreach (var row in check.Take(Caption).Rows.Skip(1))
        {
            var from = (int)Figures.ShownNumber.Parse(row[0]).Value;
            int Count(int side) => row[0].Contains("more", StringComparison.Ordinal)
                ? found.Where(f => f.Key.Sign == side && f.Key.Length >= from).Sum(f => f.Value) : found.GetValueOrDefault((side, from));
            check.Number($"{Caption}, {row[0]}, winning", row[1], Count(1));
            check.Number($"{Caption}, {row[0]}, losing", row[3], Count(-1));
        }
    }

    /// <summary>Every decision's number of signals and share, from signals.csv; strategies without weight are not counted.</summary>
    public static void Decisions(PageCheck check, string signalsFile)
    {
        const string Caption = "Signals by decision";
        var table = CsvTable.Read(signalsFile);
        var counts = table.Rows.Select(r => table.Text(r, "decision")).Where(d => d != "weight-zero").CountBy(d => d).ToDictionary(StringComparer.Ordinal);
        var rows = check.Take(Caption).Rows.Skip(1).ToList();
        var shown = rows.Select(r => (int)Figures.ShownNumber.Parse(r[1]).Value).Order();
        check.Text(Caption + ", numbers of signals", string.Join(", ", shown), string.Join(", ", counts.Values.Order()));
        foreach (var row in rows)
            check.Number($"{Caption}, {row[0]}, share", row[2], Figures.ShownNumber.Parse(row[1]).Value / counts.Values.Sum());
    }
}
