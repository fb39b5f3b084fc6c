using System.Globalization;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Trading.Tests.Accounts;

/// <summary>
/// What a scripted strategy does at the close of a bar, as the text <c>12 A buy limit=-0.5 qty=4</c>: bar, symbol, verb and options. Prices
/// are distances from the close.
/// </summary>
internal sealed class Act
{
    private readonly Dictionary<string, double> _numbers = new(StringComparer.Ordinal);
    private readonly string _verb;
    private readonly TimeInForce _time;
    private readonly bool _isOnClose;

    private Act(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        (Bar, Symbol, _verb) = (int.Parse(words[0], CultureInfo.InvariantCulture), words[1], words[2]);
        foreach (var option in words.Skip(3))
        {
            var parts = option.Split('=');
            if (parts is ["close"]) _isOnClose = true;
            else if (parts is ["tif", var time]) _time = Enum.Parse<TimeInForce>(time);
            else _numbers[parts[0]] = double.Parse(parts[1], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Counted from 0 in the strategy's timeframe.</summary>
    public int Bar { get; }

    public string Symbol { get; }

    /// <summary>Reads acts that are separated by semicolons.</summary>
    public static ILookup<(int Bar, string Symbol), Act> Read(string texts) => texts.Split(';', StringSplitOptions.TrimEntries
        | StringSplitOptions.RemoveEmptyEntries).Select(t => new Act(t)).ToLookup(a => (a.Bar, a.Symbol));

    /// <summary>Returns an act with amounts of the account multiplied.</summary>
    public static string Scaled(string text, double by) => string.Join(' ', text.Split(' ').Select(word =>
        word.StartsWith("qty=", StringComparison.Ordinal)
            ? FormattableString.Invariant($"qty={double.Parse(word[4..], CultureInfo.InvariantCulture) * by:R}") : word));

    public void Do(StrategyContext bar)
    {
        switch (_verb)
        {
            case "buy": Enter(bar, Side.Buy); break;
            case "sell": Enter(bar, Side.Sell); break;
            case "long": bar.Go(Side.Buy); break;
            case "short": bar.Go(Side.Sell); break;
            case "leave": bar.Exit(); break;
            case "leave-long": bar.Exit(Side.Buy); break;
            case "leave-short": bar.Exit(Side.Sell); break;
            case "leave-on-close": bar.ExitAllOnClose(); break;
            case "stop-long": bar.MoveStop(Side.Buy, Price(bar, "at")); break;
            case "stop-short": bar.MoveStop(Side.Sell, Price(bar, "at")); break;
            case "cancel": bar.CancelEntries(Side.Buy); bar.CancelEntries(Side.Sell); break;
            case "order-buy": Submit(bar, Side.Buy); break;
            case "order-sell": Submit(bar, Side.Sell); break;
            default: throw new ArgumentException($"'{_verb}' is no act");
        }
    }

    private void Enter(StrategyContext bar, Side side) => bar.Enter(side, new EntryOptions
    {
        Type = Type,
        LimitPrice = Price(bar, "limit"),
        StopPrice = Price(bar, "stop"),
        StopLoss = Price(bar, "sl"),
        TakeProfit = Price(bar, "tp"),
        TrailingStopPercent = _numbers.GetValueOrDefault("trail"),
        Quantity = _numbers.GetValueOrDefault("qty"),
        SizeFactor = _numbers.GetValueOrDefault("factor"),
        TimeInForce = _time,
        ExpiresAt = ExpiresAt(bar),
    });

    private void Submit(StrategyContext bar, Side side) => bar.Submit(new OrderRequest(side, _numbers["qty"])
    {
        Type = Type,
        LimitPrice = Price(bar, "limit"),
        StopPrice = Price(bar, "stop"),
        TimeInForce = _time,
        ExpiresAt = ExpiresAt(bar),
    });

    private OrderType Type => (_numbers.ContainsKey("limit"), _numbers.ContainsKey("stop"), _isOnClose) switch
    {
        (true, true, _) => OrderType.StopLimit,
        (true, _, _) => OrderType.Limit,
        (_, true, _) => OrderType.Stop,
        (_, _, true) => OrderType.MarketOnClose,
        _ => OrderType.Market,
    };

    private long ExpiresAt(StrategyContext bar) =>
        _time == TimeInForce.GoodTillDate ? bar.Time.AddTicks(3 * bar.Series.Timeframe.Ticks).Ticks : 0;

    // 0 = none. A level must be above 0.
    private double Price(StrategyContext bar, string option) =>
        _numbers.TryGetValue(option, out var distance) ? Math.Max(0.25, bar.Close + distance) : 0;
}
