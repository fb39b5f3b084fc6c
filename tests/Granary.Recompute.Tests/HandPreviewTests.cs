using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>
/// A paper account in euros that stands still at a bar: its figures, and those of previews of random orders by hand, follow from the bars,
/// the exchange rates and the fills of a backtest over the same bars.
/// </summary>
public sealed class HandPreviewTests : IDisposable
{
    private const double Cash = 100_000, Taker = 0.001, Maker = 0.0002, Slippage = 0.0005, Spread = 0.001;
    private const int Seen = 160, Further = 20, Previews = 60;

    private static readonly (string Symbol, double Multiplier, double Lot)[] s_symbols =
        [("AAA", 1, 0.1), ("BBB", 10, 1), ("CCC", 2, 0.01)];

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(77);
    private readonly Dictionary<string, List<MarketBar>> _bars = [];
    // Euros for a dollar at the close of the last bar that the account has seen.
    private double _rate;
    private List<OpenTrade> _trades = [];
    // Those that no order closes already.
    private List<OpenTrade> _free = [];
    private double _euros = Cash, _dollars;

    public void Dispose() => _folder.Dispose();

    private sealed record OpenTrade(string Strategy, string Symbol, int Side, double Quantity, double Price, string Entry = "");

    private sealed record Expected(int Side, double Quantity, double Price, double Cost, double Stop, double Target, double Risk,
        double Profit, double Change, int Trades);

    [Fact]
    public async Task Figures_of_the_account_and_of_random_previews_follow_from_bars_rates_and_fills()
    {
        var times = WriteMarkets();
        await GranaryCommand.RunAsync("backtest", _folder.Write("batch.json", Batch(times[Seen - 1]).ToJsonString()), "--out",
            _folder.File("backtest"), "--quiet", "--no-guards");
        await GranaryCommand.RunAsync("backtest", _folder.Write("longer.json", Batch(times[Seen]).ToJsonString()), "--out",
            _folder.File("longer"), "--quiet", "--no-guards");
        using var server = await GranaryServer.StartAsync(_folder);
        await StartAsync(server, "first", "asap", null);
        await server.UntilAsync("sessions/paper", s => s.GetProperty("phase").GetString() == "done");
        // The next bar comes at once, and the one after it an hour later.
        await StartAsync(server, "all", "fixed:1h", times[Seen]);
        Book(new RunFiles(_folder.File("longer")));
        var session = await server.UntilAsync("sessions/paper", s => s.GetProperty("status") is { ValueKind: JsonValueKind.Object } status
            && status.GetProperty("instant").GetDateTime() == times[Seen].AddDays(1));
        Account(session.GetProperty("status"));
        Costs(await server.GetAsync("sessions/paper/costs"));
        for (var i = 0; i < Previews; i++) await PreviewAsync(server, i);
    }

    // ---- the markets and the batch ----

    private List<DateTime> WriteMarkets()
    {
        List<DateTime> times = [.. RandomMarket.Weekdays(new DateTime(2021, 1, 4, 0, 0, 0, DateTimeKind.Utc), Seen + Further)];
        var market = new RandomMarket(31);
        foreach (var (symbol, _, _) in s_symbols)
        {
            _bars[symbol] = market.Bars(times, 0.02);
            MarketBar.Write(_folder.File($"all/{symbol}.csv"), _bars[symbol]);
            MarketBar.Write(_folder.File($"first/{symbol}.csv"), _bars[symbol][..Seen]);
        }
        var (rate, lines) = (0.85, new List<string> { "time,USDEUR" });
        for (var day = times[0].AddDays(-3); day <= times[^1].AddDays(3); day = day.AddDays(1))
        {
            rate = Math.Round(rate * (1 + 0.01 * (market.Random.NextDouble() - 0.5)), 5);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd},{rate}"));
            if (day == times[Seen].AddDays(1)) _rate = rate;
        }
        File.WriteAllLines(_folder.File("rates.csv"), lines);
        return times;
    }

    private static JsonObject Batch(DateTime last)
    {
        var instruments = new JsonObject();
        foreach (var (symbol, multiplier, lot) in s_symbols)
            instruments[symbol] = new JsonObject
            {
                ["multiplier"] = multiplier,
                ["lot"] = lot,
                ["tick"] = 0.01,
                ["currency"] = symbol == "AAA" ? "EUR" : "USD",
            };
        var batch = JsonNode.Parse($$"""
            { "name": "hand", "account": { "cash": {{Cash}}, "currency": "EUR" },
              "data": { "source": "csv:all", "symbols": "*", "timeframe": "1d", "fx": "rates.csv", "to": "{{last.AddDays(1):yyyy-MM-dd}}" },
              "execution": { "commissionPercent": 0.1, "commissionMakerPercent": 0.02, "slippagePercent": 0.05, "spreadPercent": 0.1,
                "leverage": 4 },
              "strategies": [{ "class": "SmaCross", "params": { "fast": [3, 6], "slow": [15, 25] }, "sides": "both",
                "size": { "percentOfEquity": 40 }, "stopLossPercent": 30, "takeProfitPercent": 60 }],
              "portfolio": { "weights": "equal", "limits": { "maxPositions": 40, "maxGrossPercent": 300, "maxSymbolPercent": 150,
                "maxNetPercent": 250, "maxCurrencyPercent": 200, "maxLeverage": 4 } },
              "outputs": "all" }
            """)!.AsObject();
        batch["data"]!["instruments"] = instruments;
        return batch;
    }

    private async Task StartAsync(GranaryServer server, string data, string speed, DateTime? from)
    {
        var body = new JsonObject
        {
            ["configuration"] = await File.ReadAllTextAsync(_folder.File("backtest/prod.json")),
            ["file"] = _folder.File("backtest/prod.json"),
            ["folder"] = _folder.Path,
            ["feed"] = "csv:" + data,
            ["pace"] = speed,
            ["account"] = "paper",
            ["withoutEvidence"] = true,
        };
        if (from is { } first) body["from"] = $"{first:yyyy-MM-dd}";
        using var started = await server.Client.PostAsJsonAsync("sessions", body);
        started.IsSuccessStatusCode.ShouldBeTrue(await started.Content.ReadAsStringAsync());
    }

    // ---- the account ----

    private double Unit(string symbol) => s_symbols.Single(s => s.Symbol == symbol).Multiplier * (symbol == "AAA" ? 1 : _rate);

    private MarketBar Last(string symbol) => _bars[symbol][Seen];

    private double Position(string symbol) => _trades.Where(t => t.Symbol == symbol).Sum(t => t.Side * t.Quantity);

    private double Value(string symbol, double change = 0) => (Position(symbol) + change) * Last(symbol).Close * Unit(symbol);

    private double Equity => _euros + _dollars * _rate + s_symbols.Sum(s => Value(s.Symbol));

    // Positions, and balances by currency, from the fills of the backtest that ends with the last bar of the session.
    private void Book(RunFiles run)
    {
        var open = new Dictionary<(string, int), OpenTrade>();
        foreach (var fill in run.PortfolioFills())
        {
            var paid = (fill.Kind == "exit" ? -1 : 1) * fill.Sign * fill.Quantity * fill.Price
                * s_symbols.Single(s => s.Symbol == fill.Symbol).Multiplier + fill.Commission;
            if (fill.Symbol == "AAA") _euros -= paid;
            else _dollars -= paid;
            if (fill.Kind == "entry")
                open[(fill.Strategy, fill.Number)] = new(fill.Strategy, fill.Symbol, fill.Sign, fill.Quantity, fill.Price);
            else open.Remove((fill.Strategy, fill.Number)).ShouldBeTrue();
        }
        _trades = [.. open.Values];
        _trades.Count.ShouldBeGreaterThan(2);
        _trades.Select(t => t.Symbol).Distinct().Count().ShouldBeGreaterThan(1);
    }

    private void Account(JsonElement status)
    {
        var account = status.GetProperty("account");
        Near(status.GetProperty("accountEquity"), Equity, "equity");
        Near(account.GetProperty("startingCash"), Cash, "starting cash");
        Near(account.GetProperty("grossPercent"), 100 * s_symbols.Sum(s => Math.Abs(Value(s.Symbol))) / Equity, "exposure");
        var balance = account.GetProperty("balances").EnumerateArray().Single();
        Near(balance.GetProperty("amount"), _dollars, "dollars");
        Near(balance.GetProperty("rate"), _rate, "rate");
        foreach (var (symbol, _, _) in s_symbols)
            Near(status.GetProperty("positions").TryGetProperty(symbol, out var held) ? held : default, Position(symbol), symbol);
        // The last day's profit is that since the row before.
        var rows = new RunFiles(_folder.File("longer")).Equity();
        var day = account.GetProperty("days").EnumerateArray().Last();
        Near(day.GetProperty("profit"), Equity - rows[^2].Equity, "profit of the day");
        Near(day.GetProperty("equity"), Equity, "equity of the day");
        var shown = account.GetProperty("trades").EnumerateArray().ToList();
        shown.Count.ShouldBe(_trades.Count);
        _trades = [.. _trades.Select(t =>
        {
            var row = shown.Single(r => r.GetProperty("strategy").GetString() == t.Strategy);
            Near(row.GetProperty("quantity"), t.Quantity, t.Strategy);
            Near(row.GetProperty("entryPrice"), t.Price, t.Strategy);
            Near(row.GetProperty("last"), Last(t.Symbol).Close, t.Strategy);
            Near(row.GetProperty("profit"), t.Side * t.Quantity * (Last(t.Symbol).Close - t.Price) * Unit(t.Symbol), t.Strategy);
            Near(row.GetProperty("value"), t.Side * t.Quantity * Last(t.Symbol).Close * Unit(t.Symbol), t.Strategy);
            Near(row.GetProperty("stop"), Tick(t.Price * (1 - t.Side * 0.3)), t.Strategy);
            Near(row.GetProperty("target"), Tick(t.Price * (1 + t.Side * 0.6)), t.Strategy);
            return t with { Entry = row.GetProperty("entry").GetString()! };
        })];
        var ordered = account.GetProperty("orders").EnumerateArray().Select(o => o.GetProperty("strategy").GetString()).ToHashSet();
        _free = _trades.FindAll(t => !ordered.Contains(t.Strategy));
    }

    // What the fills of the account cost: all are market orders.
    private void Costs(JsonElement costs)
    {
        var run = new RunFiles(_folder.File("longer"));
        run.PortfolioTrades().Select(t => t.Reason).Distinct().ShouldBeSubsetOf(["signal", "open"]);
        var fills = run.PortfolioFills().ConvertAll(f => (Side: f.Sign * (f.Kind == "entry" ? 1 : -1), f.Price, Bars: _bars[f.Symbol],
            At: _bars[f.Symbol].FindIndex(b => b.Time == f.Time)));
        var models = costs.GetProperty("models").EnumerateArray().ToDictionary(m => m.GetProperty("reference").GetString()!);
        models.Keys.ShouldBe(["open", "close"], ignoreOrder: true);
        costs.GetProperty("fills").GetInt32().ShouldBe(fills.Count);
        costs.GetProperty("days").GetInt32().ShouldBe(fills.Select(f => f.At).Distinct().Count());
        // Alike in both currencies, and whatever the multiplier.
        Near(costs.GetProperty("fee"), 1e4 * Taker, "fee in basis points");
        Near(models["open"].GetProperty("raw"), fills.Average(f => f.Side * (f.Price / f.Bars[f.At].Open - 1) * 1e4), "against the open");
        Near(models["close"].GetProperty("raw"), fills.Average(f => f.Side * (f.Price / f.Bars[f.At - 1].Close - 1) * 1e4),
            "against the close of the signal");
    }

    // ---- previews ----

    private async Task PreviewAsync(GranaryServer server, int number)
    {
        var (body, symbol, expected) = _random.Next(5) switch
        {
            0 => Close(_trades[_random.Next(_trades.Count)]),
            1 => Protect(_free[_random.Next(_free.Count)]),
            2 => Reverse(_trades[_random.Next(_trades.Count)]),
            _ => Enter(s_symbols[_random.Next(s_symbols.Length)].Symbol),
        };
        body["preview"] = true;
        using var response = await server.Client.PostAsJsonAsync("sessions/paper/commands", body);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{body.ToJsonString()}: {text}");
        var status = JsonDocument.Parse(text).RootElement.GetProperty("status");
        var name = $"{number}: {body.ToJsonString()}";
        var shown = status.TryGetProperty("preview", out var preview) && preview.ValueKind == JsonValueKind.Object ? preview
            : throw new InvalidOperationException($"{name}: {status.GetProperty("commandFault")}");
        var (unit, equity) = (Unit(symbol), Equity);
        shown.GetProperty("side").GetString().ShouldBe(expected.Side > 0 ? "buy" : "sell", name);
        Near(shown.GetProperty("quantity"), expected.Quantity, name + ", quantity");
        Near(shown.GetProperty("price"), expected.Price, name + ", price");
        Near(shown.GetProperty("value"), expected.Quantity * expected.Price * unit, name + ", value");
        Near(shown.GetProperty("cost"), expected.Cost, name + ", cost");
        Near(Get(shown, "stop"), expected.Stop, name + ", stop");
        Near(Get(shown, "target"), expected.Target, name + ", target");
        Near(Get(shown, "risk"), expected.Risk, name + ", risk");
        Near(Get(shown, "riskPercent"), 100 * expected.Risk / equity, name + ", risk in percent");
        Near(Get(shown, "profit"), expected.Profit, name + ", profit");
        Near(shown.GetProperty("position"), Position(symbol) + expected.Change, name + ", position");
        var values = s_symbols.ToDictionary(s => s.Symbol, s => Value(s.Symbol, s.Symbol == symbol ? expected.Change : 0));
        Near(shown.GetProperty("grossPercent"), 100 * values.Values.Sum(Math.Abs) / equity, name + ", exposure");
        Limits(shown.GetProperty("limits"), values, _trades.Count + expected.Trades, name);
    }

    private void Limits(JsonElement limits, Dictionary<string, double> values, int trades, string name)
    {
        var (gross, equity) = (values.Values.Sum(Math.Abs), Equity);
        var seen = 0;
        foreach (var limit in limits.EnumerateArray())
        {
            var key = limit.GetProperty("limit").GetString();
            double? used = key switch
            {
                "maxPositions" => trades,
                "maxGrossPercent" => 100 * gross / equity,
                "maxLeverage" => gross / equity,
                "maxNetPercent" => 100 * Math.Abs(values.Values.Sum()) / equity,
                "maxSymbolPercent" => 100 * values.Values.Max(Math.Abs) / equity,
                "maxCurrencyPercent" => 100 * values.Where(v => v.Key != "AAA").Sum(v => Math.Abs(v.Value)) / equity,
                _ => null,
            };
            if (used is not { } value) continue;
            Near(limit.GetProperty("used"), value, $"{name}, {key}");
            seen++;
        }
        seen.ShouldBe(6, name);
    }

    // At the last close with slippage and half the spread, within the bar.
    private double MarketPrice(string symbol, int side)
    {
        var bar = Last(symbol);
        var price = bar.Close * (1 + side * (Slippage + Spread / 2));
        return side > 0 ? Math.Min(price, bar.High) : Math.Max(price, bar.Low);
    }

    private double MarketCost(string symbol, int side, double quantity)
    {
        var price = MarketPrice(symbol, side);
        return (Taker * price + Math.Abs(price - Last(symbol).Close)) * quantity * Unit(symbol);
    }

    private (JsonObject, string, Expected) Close(OpenTrade trade)
    {
        var lot = s_symbols.Single(s => s.Symbol == trade.Symbol).Lot;
        var part = Math.Max(lot, Math.Round(trade.Quantity * _random.NextDouble() / lot) * lot);
        part = Math.Min(Math.Round(part, 6), trade.Quantity);
        var price = MarketPrice(trade.Symbol, -trade.Side);
        var isPart = part < trade.Quantity * (1 - 1e-9);
        var stop = Tick(trade.Price * (1 - trade.Side * 0.3));
        var body = new JsonObject { ["command"] = "close", ["trade"] = trade.Entry, ["quantity"] = part };
        return (body, trade.Symbol, new Expected(-trade.Side, part, price, MarketCost(trade.Symbol, -trade.Side, part),
            isPart ? stop : double.NaN, isPart ? Tick(trade.Price * (1 + trade.Side * 0.6)) : double.NaN,
            isPart ? trade.Side * (price - stop) * (trade.Quantity - part) * Unit(trade.Symbol) : double.NaN,
            trade.Side * (price - trade.Price) * part * Unit(trade.Symbol), -trade.Side * part, isPart ? 0 : -1));
    }

    private (JsonObject, string, Expected) Protect(OpenTrade trade)
    {
        var close = Last(trade.Symbol).Close;
        var (stop, target) = Levels(trade.Side, close);
        var body = new JsonObject { ["command"] = "protect", ["trade"] = trade.Entry, ["stop"] = stop, ["target"] = target };
        return (body, trade.Symbol, new Expected(-trade.Side, trade.Quantity, close, 0, Named(stop), Named(target),
            trade.Side * (close - Named(stop)) * trade.Quantity * Unit(trade.Symbol), double.NaN, 0, 0));
    }

    private (JsonObject, string, Expected) Reverse(OpenTrade trade)
    {
        var (side, price) = (-trade.Side, MarketPrice(trade.Symbol, -trade.Side));
        var (stop, target) = Levels(side, Last(trade.Symbol).Close);
        var body = new JsonObject { ["command"] = "reverse", ["trade"] = trade.Entry, ["stop"] = stop, ["target"] = target };
        return (body, trade.Symbol, new Expected(side, 2 * trade.Quantity, price, 2 * MarketCost(trade.Symbol, side, trade.Quantity),
            Named(stop), Named(target), side * (price - Named(stop)) * trade.Quantity * Unit(trade.Symbol),
            trade.Side * (price - trade.Price) * trade.Quantity * Unit(trade.Symbol), 2 * side * trade.Quantity, 0));
    }

    private (JsonObject, string, Expected) Enter(string symbol)
    {
        var (side, close, unit) = (_random.Next(2) * 2 - 1, Last(symbol).Close, Unit(symbol));
        var lot = s_symbols.Single(s => s.Symbol == symbol).Lot;
        // Some limits wait in the book, and some fill at once.
        var limit = _random.Next(2) == 0 ? 0 : Tick(close * (1 + 0.05 * (_random.NextDouble() - 0.5)));
        var waits = limit > 0 && side * (close - limit) > 0;
        var near = waits ? limit : close;
        var (stop, target) = Levels(side, near);
        var rule = _random.Next(stop > 0 ? 4 : 3);
        var size = Math.Round(rule switch
        {
            0 => 5 + 30 * _random.NextDouble(),
            1 => 2_000 + 9_000 * _random.NextDouble(),
            2 => 1 + 50 * _random.NextDouble(),
            _ => 0.2 + _random.NextDouble(),
        }, 3);
        var wanted = rule switch
        {
            0 => size / 100 * Equity / (near * unit),
            1 => size / (near * unit),
            2 => size,
            _ => size / 100 * Equity / (Math.Abs(near - stop) * unit),
        };
        var quantity = Math.Floor(wanted / lot + 1e-9) * lot;
        var market = MarketPrice(symbol, side);
        // A limit that fills at once bounds the price of a market order.
        var price = waits ? limit : limit == 0 ? market : side > 0 ? Math.Min(limit, market) : Math.Max(limit, market);
        var cost = (waits ? Maker * limit : Taker * price + Math.Abs(price - close)) * quantity * unit;
        var body = new JsonObject
        {
            ["command"] = "enter",
            ["symbol"] = symbol,
            ["side"] = side > 0 ? "buy" : "sell",
            ["size"] = new JsonObject { [rule switch { 0 => "percentOfEquity", 1 => "cash", 2 => "units", _ => "riskPercent" }] = size },
        };
        if (limit > 0) body["price"] = limit;
        if (stop > 0) body["stop"] = stop;
        if (target > 0) body["target"] = target;
        return (body, symbol, new Expected(side, quantity, price, cost, Named(stop), Named(target),
            side * (price - Named(stop)) * quantity * unit, double.NaN, side * quantity, 1));
    }

    // Each one in three times missing.
    private (double Stop, double Target) Levels(int side, double price) =>
        (_random.Next(3) == 0 ? 0 : Tick(price * (1 - side * (0.01 + 0.1 * _random.NextDouble()))),
            _random.Next(3) == 0 ? 0 : Tick(price * (1 + side * (0.01 + 0.1 * _random.NextDouble()))));

    private static double Named(double level) => level > 0 ? level : double.NaN;

    private static double Tick(double price) => Math.Round(price, 2);

    private static JsonElement Get(JsonElement owner, string key) => owner.TryGetProperty(key, out var value) ? value : default;

    private static void Near(JsonElement shown, double expected, string name)
    {
        var value = shown.ValueKind == JsonValueKind.Number ? shown.GetDouble() : double.NaN;
        // A position that is closed is not listed.
        if (Math.Abs(expected) < 1e-9 && double.IsNaN(value)) return;
        (double.IsNaN(value) && double.IsNaN(expected) || Math.Abs(value - expected) <= 1e-9 * Math.Max(1, Math.Abs(expected)))
            .ShouldBeTrue($"{name}: {shown} is shown, recomputed {expected}");
    }
}
