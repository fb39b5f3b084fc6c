namespace Granary.Trading.Tests.Accounts;

/// <summary>A difference of two accounts.</summary>
/// <param name="Kind">The field that differs.</param>
/// <param name="IsRounding">Whether the two numbers differ by less than a billionth of their size.</param>
internal sealed record Difference(string Kind, bool IsRounding, string Text)
{
    /// <summary>The name in counts.</summary>
    public string Name => IsRounding ? Kind + " (rounding)" : Kind;

    public override string ToString() => $"{Name}: {Text}";
}

/// <summary>Compares two accounts to the last bit.</summary>
internal static class AccountComparison
{
    private const double Rounding = 1e-9;

    // What a difference is named by: causes come before their effects.
    private static readonly string[] s_order = ["missing trade", "further trade", "entry time", "side", "quantity", "entry price",
        "exit time", "exit price", "reason", "profit", "commission", "financing", "equity", "cash"];

    /// <summary>Returns the differences, causes before effects and numbers that differ by more than rounding first.</summary>
    /// <param name="wanted">The account of the strategies' own books.</param>
    /// <param name="hasExactEquity">Whether sums of several accounts are not compared beyond rounding.</param>
    public static IReadOnlyList<Difference> Differences(AccountRecord found, AccountRecord wanted, bool hasExactEquity = true)
    {
        List<Difference> differences = [];
        var others = found.Trades.ToDictionary(KeyOf);
        foreach (var trade in wanted.Trades)
        {
            if (others.Remove(KeyOf(trade), out var other)) Compare(other, trade, differences);
            else differences.Add(new Difference("missing trade", false, $"{trade}"));
        }
        differences.AddRange(others.Values.Select(t => new Difference("further trade", false, $"{t}")));
        var equity = found.Equity.DistinctBy(e => e.Close).ToDictionary(e => e.Close, e => e.Equity);
        foreach (var (close, value) in wanted.Equity)
            Add("equity", equity.TryGetValue(close, out var own) ? own : double.NaN, value,
                $"at the close {new DateTime(close):MM-dd HH:mm}");
        Add("cash", found.Cash, wanted.Cash, "at the end");
        return [.. differences.Where(d => hasExactEquity || !d.IsRounding || d.Kind is not ("equity" or "cash"))
            .OrderBy(d => d.IsRounding).ThenBy(d => Array.IndexOf(s_order, d.Kind))];

        void Add(string kind, double one, double two, string about)
        {
            if (Different(kind, one, two, about) is { } difference) differences.Add(difference);
        }
    }

    private static (int, int, TradePart) KeyOf(TradeRecord trade) => (trade.Strategy, trade.Number, trade.Part);

    private static void Compare(TradeRecord found, TradeRecord wanted, List<Difference> differences)
    {
        foreach (var difference in (Difference?[])[
            found.EntryTime == wanted.EntryTime ? null : new Difference("entry time", false, $"{found} | {wanted}"),
            (found.Symbol, found.Side) == (wanted.Symbol, wanted.Side) ? null : new Difference("side", false, $"{found} | {wanted}"),
            Different("quantity", found.Quantity, wanted.Quantity, $"{found} | {wanted}"),
            Different("entry price", found.EntryPrice, wanted.EntryPrice, $"{found} | {wanted}"),
            found.ExitTime == wanted.ExitTime ? null : new Difference("exit time", false, $"{found} | {wanted}"),
            Different("exit price", found.ExitPrice, wanted.ExitPrice, $"{found} | {wanted}"),
            found.Reason == wanted.Reason ? null : new Difference("reason", false, $"{found} | {wanted}"),
            Different("profit", found.Profit, wanted.Profit, $"{found} | {wanted}"),
            Different("commission", found.Commission, wanted.Commission, $"{found} | {wanted}"),
            Different("financing", found.Financing, wanted.Financing, $"{found} | {wanted}")])
            if (difference is not null) differences.Add(difference);
    }

    private static Difference? Different(string kind, double found, double wanted, string about) => found.Equals(wanted) ? null
        : new Difference(kind, Math.Abs(found - wanted) <= Rounding * Math.Max(1, Math.Max(Math.Abs(found), Math.Abs(wanted))),
            FormattableString.Invariant($"{found:R} for {wanted:R}, {about}"));
}
