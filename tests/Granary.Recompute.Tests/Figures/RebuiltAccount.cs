using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>An account rebuilt bar by bar from its fills, or its list of whole trades, and the market's bars alone.</summary>
/// <param name="cash">At the start.</param>
/// <param name="commission">Fraction of the notional of each side.</param>
/// <param name="multipliers">By symbol; 1 for others.</param>
internal sealed class RebuiltAccount(double cash, double commission, IReadOnlyDictionary<string, double>? multipliers = null)
{
    /// <summary>Of each row, values of the positions by symbol: longs less shorts, and both together.</summary>
    public List<Dictionary<string, (double Net, double Gross)>> Positions { get; } = [];

    /// <summary>
    /// The rows that equity.csv must show: one for each time at which a bar of any market closed. A row stands for what is known at its
    /// bar's close: all of a bar, its fills and its price, is known when it closes.
    /// </summary>
    /// <param name="trades">All trades of the account, also those that are open at the end.</param>
    /// <param name="markets">Bars by symbol.</param>
    /// <param name="withPositions">Whether <see cref="Positions"/> is filled.</param>
    public List<EquityRow> Rows(IReadOnlyList<TradeRow> trades, IReadOnlyDictionary<string, List<MarketBar>> markets,
        bool withPositions = false) => Rows(trades.SelectMany(Flows), markets, withPositions, 0, null);

    /// <summary>The same of a portfolio, whose trades may be closed in parts.</summary>
    /// <param name="fills">All of its fills.</param>
    /// <param name="trades">For the loss beyond zero, which the broker bears.</param>
    /// <param name="closeOf">
    /// The close of a strategy's bar, by strategy, symbol and open time: all fills within a bar are booked when it closes.
    /// </param>
    /// <param name="marginRate">Yearly, a fraction: what borrowed money costs each night.</param>
    public List<EquityRow> Rows(IReadOnlyList<FillRow> fills, IReadOnlyList<TradeRow> trades,
        IReadOnlyDictionary<string, List<MarketBar>> markets, Func<string, string, DateTime, DateTime?> closeOf, double marginRate = 0) =>
        Rows(fills.Select(Flow).Concat(trades.Where(t => t.Reason == "ruined")
            .Select(t => new Change(t.Strategy, 0, t.ExitTime, t.Symbol, t.Financing, 0, 0))),
            markets, withPositions: true, marginRate, closeOf);

    private readonly record struct Change(
        string Strategy, int Number, DateTime Time, string Symbol, double Cash, double Net, double Gross);

    // A long trade. It pays for the nights since it last did, at the close before them and by the part of all longs that is lent, when its
    // symbol has a bar again: a stock pays for a weekend on Monday, whatever a coin beside it has paid.
    private sealed class Lot(string symbol, DateTime entered)
    {
        private DateTime _paidTo = entered.Date;

        public string Symbol => symbol;

        public double Units { get; set; }

        public double Pay(DateTime time, double value)
        {
            var nights = (time.Date - _paidTo).TotalDays;
            _paidTo = time.Date;
            return Units * value * nights / 365;
        }

        public static Lot Of(Dictionary<(string, int), Lot> lots, in Change flow)
        {
            if (!lots.TryGetValue((flow.Strategy, flow.Number), out var lot))
                lots[(flow.Strategy, flow.Number)] = lot = new Lot(flow.Symbol, flow.Time);
            return lot;
        }
    }

    // Where nothing says when a bar closes, it is as long as the shortest.
    private List<EquityRow> Rows(IEnumerable<Change> changes, IReadOnlyDictionary<string, List<MarketBar>> markets, bool withPositions,
        double marginRate, Func<string, string, DateTime, DateTime?>? closeOf)
    {
        var closes = markets.ToDictionary(m => m.Key, m => m.Value.ToDictionary(b => b.Time, b => b.Close), StringComparer.Ordinal);
        var step = markets.Values.Min(Step);
        DateTime Known(Change change) => closeOf?.Invoke(change.Strategy, change.Symbol, change.Time) ?? change.Time + step;
        var flows = changes.OrderBy(Known).ToList();
        var lots = new Dictionary<(string, int), Lot>();
        var position = markets.Keys.ToDictionary(s => s, _ => (Net: 0.0, Gross: 0.0), StringComparer.Ordinal);
        var last = new Dictionary<string, double>(StringComparer.Ordinal);
        var (money, peak, next, rows) = (cash, cash, 0, new List<EquityRow>());
        foreach (var time in markets.Values.SelectMany(bars => bars.Select(b => b.Time)).Distinct().Order())
        {
            var shorts = position.Sum(p => (p.Value.Gross - p.Value.Net) / 2 * last.GetValueOrDefault(p.Key));
            var longs = position.Sum(p => (p.Value.Gross + p.Value.Net) / 2 * last.GetValueOrDefault(p.Key));
            var lent = longs > 0 ? Math.Max(0, shorts - money) / longs : 0;
            var interest = lots.Values.Where(l => closes[l.Symbol].ContainsKey(time)).Sum(l => l.Pay(time, last[l.Symbol] * lent))
                * marginRate;
            (Interest, money) = (Interest + interest, money - interest);
            for (; next < flows.Count && Known(flows[next]) <= time + step; next++)
            {
                var flow = flows[next];
                money += flow.Cash;
                var (net, gross) = position[flow.Symbol];
                position[flow.Symbol] = (net + flow.Net, gross + flow.Gross);
                if (marginRate > 0 && flow.Net * flow.Gross > 0 || lots.ContainsKey((flow.Strategy, flow.Number)))
                    Lot.Of(lots, flow).Units += flow.Gross;
            }
            foreach (var (symbol, prices) in closes)
                if (prices.TryGetValue(time, out var close))
                    last[symbol] = close;
            var equity = money + position.Sum(p => p.Value.Net * last.GetValueOrDefault(p.Key));
            if (withPositions)
                Positions.Add(position.ToDictionary(p => p.Key, p =>
                    (p.Value.Net * last.GetValueOrDefault(p.Key), p.Value.Gross * last.GetValueOrDefault(p.Key))));
            peak = Math.Max(peak, equity);
            rows.Add(new EquityRow(time, equity, money, position.Sum(p => p.Value.Gross * last.GetValueOrDefault(p.Key)),
                1 - equity / peak));
        }
        return rows;
    }

    /// <summary>What borrowed money has cost so far.</summary>
    public double Interest { get; private set; }

    // The length of a market's bars: the shortest way from one to the next.
    private static TimeSpan Step(List<MarketBar> bars) => bars.Count < 2 ? TimeSpan.FromDays(1)
        : bars.Zip(bars.Skip(1), (a, b) => b.Time - a.Time).Min();

    private Change Flow(FillRow fill)
    {
        var units = fill.Quantity * (multipliers?.GetValueOrDefault(fill.Symbol, 1) ?? 1) * (fill.Kind == "exit" ? -1 : 1);
        return new(fill.Strategy, fill.Number, fill.Time, fill.Symbol, -fill.Sign * units * fill.Price - fill.Commission,
            fill.Sign * units, units);
    }

    private IEnumerable<Change> Flows(TradeRow trade)
    {
        // Units of the base times the multiplier: all values are quantity times price.
        var units = trade.Quantity * (multipliers?.GetValueOrDefault(trade.Symbol, 1) ?? 1);
        var entryFee = units * trade.EntryPrice * commission;
        yield return new(trade.Strategy, 0, trade.EntryTime, trade.Symbol, -trade.Sign * units * trade.EntryPrice - entryFee,
            trade.Sign * units, units);
        if (trade.IsOpen) yield break;
        var exitFee = trade.Commission - entryFee;
        // What financing there is comes from ruin: the loss that the broker bears.
        yield return new(trade.Strategy, 0, trade.ExitTime, trade.Symbol, trade.Sign * units * trade.ExitPrice - exitFee + trade.Financing,
            -trade.Sign * units, -units);
    }
}
