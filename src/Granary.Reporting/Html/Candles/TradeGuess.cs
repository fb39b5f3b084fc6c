using System.Text.Json;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Trading;

namespace Granary.Reporting.Html.Candles;

/// <summary>
/// Predicts a strategy's trades from a few numbers, so only differences are written. explore.js computes the same prediction to the
/// last bit.
/// </summary>
internal sealed class TradeGuess
{
    private readonly ChartMarket _market;
    private readonly bool _byBar;
    private readonly double _slip, _share, _commission;
    private readonly double[] _distances;
    private readonly int _sizing;

    private TradeGuess(IReadOnlyList<Trade> trades, ChartMarket market, double cash, double multiplier)
    {
        _market = market;
        _byBar = market.IsComplete && trades.All(t => market.PlaceOf(t.EntryTime) >= 0 && market.PlaceOf(t.ExitTime) >= 0);
        _distances = new double[Enum.GetValues<ExitReason>().Length];
        if (_byBar) _slip = Median(trades.Select(t => (int)t.Side * (t.EntryPrice / market.Bars[market.PlaceOf(t.EntryTime)].Open - 1)));
        foreach (var reason in trades.GroupBy(t => t.Reason)) _distances[(int)reason.Key] = Distance([.. reason]);
        // Converts quantities to money per point of the scaled price.
        var point = multiplier / Math.Pow(10, market.Decimals);
        _commission = Median(trades.Select(t =>
            t.Commission / (t.Quantity * point * (market.Scaled(t.EntryPrice) + market.Scaled(t.ExitPrice)))));
        (_sizing, _share) = Sizing(trades, cash, point);
    }

    public static TradeGuess Of(IReadOnlyList<Trade> trades, ChartMarket market, double cash, double multiplier) =>
        new(trades, market, cash, multiplier);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteBoolean("y", _byBar);
        json.WriteNumber("k", _slip);
        json.WriteNumber("z", _sizing);
        json.WriteNumber("f", _share);
        json.WriteNumber("c", _commission);
        json.WriteStartArray("q");
        foreach (var distance in _distances) json.WriteNumberValue(distance);
        json.WriteEndArray();
    }

    /// <summary>The indices of the entry and exit bars, or their times in minutes.</summary>
    public (double From, double To) Places(in Trade trade) => _byBar
        ? (_market.PlaceOf(trade.EntryTime), _market.PlaceOf(trade.ExitTime))
        : (Minute(trade.EntryTime), Minute(trade.ExitTime));

    /// <param name="before">The exit price of the previous trade.</param>
    public double Entry(Side side, double place, double before) => _byBar ? AtOpen((int)place, 1 + (int)side * _slip) : before;

    /// <summary>The exit price: the open of its bar, or a distance from the entry.</summary>
    public double Exit(Side side, ExitReason reason, double entry, double place)
    {
        var distance = _distances[(int)reason];
        return distance == 0 && _byBar ? AtOpen((int)place, 1 - (int)side * _slip) : ChartMarket.Round(entry * (1 + (int)side * distance));
    }

    /// <summary>Net profit in hundredths of the account currency.</summary>
    public double Profit(Side side, double place, double entry, double exit, double equity)
    {
        var quantity = _share * Base(_sizing, place, entry, equity);
        return ChartMarket.Round(quantity * ((int)side * (exit - entry) - _commission * (entry + exit)) * 100);
    }

    // 0: constant quantity; 1: constant amount; 2: constant share of equity. The size is computed from the close before the entry.
    private double Base(int sizing, double place, double entry, double equity) => sizing == 0 ? 1
        : (sizing == 1 ? 1 : equity) / (_byBar && place > 0 ? _market.OfBar(_market.Bars[(int)place - 1].Close) : entry);

    private double AtOpen(int place, double factor)
    {
        var bar = _market.Bars[place];
        var price = ChartMarket.Round(_market.OfBar(bar.Open) * factor);
        return Math.Min(_market.OfBar(bar.High), Math.Max(_market.OfBar(bar.Low), price));
    }

    // 0 if most exits are at the open of their bar.
    private double Distance(Trade[] trades)
    {
        if (_byBar && trades.Count(t =>
            Math.Abs(AtOpen(_market.PlaceOf(t.ExitTime), 1 - (int)t.Side * _slip) - _market.Scaled(t.ExitPrice)) <= 1)
            >= trades.Length / 2.0) return 0;
        return Median(trades.Select(t => (int)t.Side * (t.ExitPrice / t.EntryPrice - 1)));
    }

    private (int Sizing, double Share) Sizing(IReadOnlyList<Trade> trades, double cash, double point)
    {
        var (best, share, least) = (0, 0.0, double.PositiveInfinity);
        for (var sizing = 0; sizing <= 2; sizing++)
        {
            var equity = cash;
            var shares = new double[trades.Count];
            for (var i = 0; i < shares.Length; i++)
            {
                var t = trades[i];
                shares[i] = t.Quantity * point / Base(sizing, Places(t).From, _market.Scaled(t.EntryPrice), equity);
                equity += ChartMarket.Round(t.NetProfit * 100) / 100;
            }
            var median = Median(shares);
            var spread = shares.Sum(s => Math.Abs(s / median - 1));
            if (!(spread < least)) continue;
            (best, share, least) = (sizing, median, spread);
        }
        return (best, share);
    }

    private static double Minute(long time) => (time - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMinute;

    // The lower of the two middle values, so that the result is an actual value; zero if there are none.
    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Where(double.IsFinite).Order().ToArray();
        return sorted.Length == 0 ? 0 : Quantile.LowerMedian<double>(sorted);
    }
}
