using System.Text.Json;
using Granary.Engine.Trading;

namespace Granary.Reporting.Html.Candles;

/// <summary>
/// Trades of many strategies as columns of whole numbers. Each number is the difference between the trade and its guess: an entry
/// at its bar's open, an exit at the usual distance, a quantity that follows the equity. Most of them are zero. The page's script makes the
/// same guess and adds the difference, so times, prices and profits are exact.
/// </summary>
internal sealed class TradeColumns
{
    private static readonly string[] _reasons = [.. Enum.GetValues<ExitReason>().Select(r => r.Title())];

    private readonly List<double> _entries = [], _lengths = [], _reasonsOf = [], _entryPrices = [], _exitPrices = [], _profits = [];

    /// <summary>Adds a strategy's trades to the columns, and writes their guess into the JSON object with the strategy's id.</summary>
    public void Add(Utf8JsonWriter json, IReadOnlyList<Trade> trades, ChartMarket market, double cash, double multiplier)
    {
        var guess = TradeGuess.Of(trades, market, cash, multiplier);
        json.WriteNumber("n", trades.Count);
        guess.Write(json);
        double exit = 0, price = 0, equity = cash;
        foreach (var trade in trades)
        {
            var (from, to) = guess.Places(trade);
            _entries.Add(from - exit);
            _lengths.Add(to - from);
            exit = to;
            // The sign encodes the side.
            _reasonsOf.Add(((int)trade.Reason + 1) * (int)trade.Side);
            var (entry, end) = (market.Scaled(trade.EntryPrice), market.Scaled(trade.ExitPrice));
            _entryPrices.Add(entry - guess.Entry(trade.Side, from, price));
            _exitPrices.Add(end - guess.Exit(trade.Side, trade.Reason, entry, to));
            price = end;
            var profit = ChartMarket.Round(trade.NetProfit * 100);
            _profits.Add(profit - guess.Profit(trade.Side, from, entry, end, equity));
            equity += profit / 100;
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("reasons");
        foreach (var reason in _reasons) json.WriteStringValue(reason);
        json.WriteEndArray();
        ChartMarket.Column(json, "a", _entries);
        ChartMarket.Column(json, "b", _lengths);
        ChartMarket.Column(json, "r", _reasonsOf);
        ChartMarket.Column(json, "i", _entryPrices);
        ChartMarket.Column(json, "o", _exitPrices);
        ChartMarket.Column(json, "n", _profits);
    }
}
