using System.Globalization;
using System.Text;
using Granary.Engine.Market;

namespace Granary.Trading.Tests.Accounts;

/// <summary>Draws batches from all capabilities of an account. A seed always draws the same batch.</summary>
internal sealed class DrawnBatches
{
    private static readonly DateTime s_start = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly int _seed;
    private readonly bool _isIntraday;
    private readonly List<Capability> _capabilities = [];
    private readonly Dictionary<string, IReadOnlyList<Bar>> _bars = new(StringComparer.Ordinal);
    private DateTime[] _times = [];

    private DrawnBatches(int seed)
    {
        _seed = seed;
        _isIntraday = Random("timeframe").Next(2) == 0;
    }

    /// <summary>Draws a batch.</summary>
    public static DrawnBatch Of(int seed)
    {
        var draw = new DrawnBatches(seed);
        draw.DrawBars();
        draw.DrawAccount();
        draw.DrawCosts();
        draw.DrawOrders();
        draw.DrawMarket();
        draw.DrawRates();
        return new DrawnBatch(seed, draw._isIntraday ? "1h" : "1d", draw._capabilities, draw.DrawActs(), draw._bars);
    }

    // Each capability has its own numbers, so a new one does not change the others.
    private Random Random(string about) =>
        new(about.Aggregate(_seed * 1_000_003, (hash, letter) => unchecked(hash * 31 + letter)));

    private bool Has(params string[] names) => _capabilities.Any(c => names.Contains(c.Name));

    // Adds a capability with a probability, if none of some others is there.
    private void Maybe(string name, double probability, Func<Random, IEnumerable<(string, string)>> keys, params string[] without)
    {
        var random = Random(name);
        if (random.NextDouble() < probability && !Has(without)) _capabilities.Add(new Capability(name) { Keys = [.. keys(random)] });
    }

    private void Maybe(string name, double probability, string path, Func<Random, string> json, params string[] without) =>
        Maybe(name, probability, random => [(path, json(random))], without);

    private static string Pick(Random random, params string[] words) => words[random.Next(words.Length)];

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    // ---- bars ----

    private void DrawBars()
    {
        var random = Random("bars");
        var count = 60 + 4 * random.Next(36);
        _times = [.. Enumerable.Range(0, 2 * count).Select(i => _isIntraday ? s_start.AddHours(i) : s_start.AddDays(i))
            .Where(t => _isIntraday || t.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Take(count)];
        var isWild = random.Next(4) == 0;
        foreach (var symbol in (string[])["A", "B"]) _bars[symbol] = Path(random, 40 + random.Next(160), isWild ? 0.05 : 0.015, 0);
    }

    private List<Bar> Path(Random random, double price, double step, double below)
    {
        List<Bar> bars = [];
        foreach (var time in _times)
        {
            var open = Near(price, step / 3);
            var close = Near(open, step);
            var high = Near(Math.Max(open, close), step / 2, 0.5);
            var low = Near(Math.Min(open, close), step / 2, -0.5);
            bars.Add(new Bar(time.Ticks, Cents(open), Cents(high), Cents(low), Cents(close), 200 + random.Next(1800)));
            price = close;
        }
        return bars;

        double Near(double value, double by, double shift = 0) => Math.Max(2, value * (1 + by * 2 * (shift == 0
            ? random.NextDouble() - 0.5 : shift * random.NextDouble())));
        double Cents(double value) => Math.Round(value - below, 2);
    }

    // ---- the account ----

    private void DrawAccount()
    {
        Maybe("two symbols", 0.3, _ => []);
        Maybe("joined", 0.1, _ => [], "two symbols");
        if (_isIntraday) Maybe("longer bars", 0.35, "strategy.timeframe", r => Pick(r, "\"2h\"", "\"4h\""));
        Maybe("little cash", 0.08, "account.cash", r => Pick(r, "900", "2500", "6000"));
        Maybe("size", 0.3, "strategy.size", r => Pick(r, "{ \"percentOfEquity\": 20 }", "{ \"cash\": 30000 }", "{ \"percentOfEquity\": 5 }",
            "{ \"units\": 200 }"));
        Maybe("lot", 0.3, Instrument("lot", r => Pick(r, "1", "0.25", "4")));
        Maybe("tick", 0.2, Instrument("tick", r => Pick(r, "0.01", "0.05", "0.25")));
        Maybe("multiplier", 0.15, Instrument("multiplier", r => Pick(r, "10", "50")));
        Maybe("margin per unit", 0.1, Instrument("margin", r => Pick(r, "30", "400")));
        Maybe("smallest order", 0.1, Instrument("minNotional", r => Pick(r, "500", "1200")));
        Maybe("isolated margin", 0.08, r => [("execution.margin", "\"isolated\""), ("execution.leverage", Pick(r, "5", "20"))],
            "margin per unit");
        Maybe("cross margin", 0.08, r => [("execution.margin", "\"cross\""), ("execution.leverage", Pick(r, "5", "20"))],
            "margin per unit", "isolated margin");
        Maybe("leverage", 0.1, r => [("execution.leverage", Pick(r, "2", "4"))], "isolated margin", "cross margin");
        if (Has("leverage")) Maybe("margin calls", 0.5, "execution.maintenancePercent", r => Pick(r, "25", "50"));
        if (Has("isolated margin", "cross margin"))
        {
            Maybe("liquidation fee", 0.4, "execution.liquidationFeePercent", r => Pick(r, "0.05", "0.5"));
            Maybe("margin tiers", 0.4, _ => [("execution.marginTiers", "\"tiers.csv\"")]);
            Maybe("maintenance", 0.7, "execution.maintenancePercent", r => Pick(r, "0.5", "2"), "margin tiers");
            if (Has("margin tiers"))
                Table("margin tiers", "tiers.csv", "from,ratePercent,amount,maxLeverage\n0,1,0,20\n2000,2,20,20\n20000,4,420,20");
        }
        if (Has("leverage", "isolated margin", "cross margin", "margin per unit") && Random("much").Next(2) == 0)
            _capabilities.Add(new Capability("large positions") { Keys = [("strategy.size", "{ \"percentOfEquity\": 120 }")] });
    }

    private static Func<Random, IEnumerable<(string, string)>> Instrument(string key, Func<Random, string> json) => random =>
    {
        var value = json(random);
        return [("data.instruments.A." + key, value), ("data.instruments.B." + key, value)];
    };

    private void Table(string capability, string file, string text)
    {
        var at = _capabilities.FindIndex(c => c.Name == capability);
        _capabilities[at] = _capabilities[at] with { Tables = [.. _capabilities[at].Tables, (file, text)] };
    }

    // ---- costs ----

    private void DrawCosts()
    {
        Maybe("fee in percent", 0.4, "execution.commissionPercent", r => Pick(r, "0.05", "0.1", "0.035"));
        if (Has("fee in percent"))
        {
            Maybe("maker fee", 0.4, "execution.commissionMakerPercent", r => Pick(r, "0.02", "-0.01"));
            Maybe("fee tiers", 0.25, "execution.commissionTiers", r => Pick(r,
                "[{ \"from\": 3000, \"percent\": 0.03 }, { \"from\": 20000, \"percent\": 0.01, \"makerPercent\": 0.002 }]",
                "[{ \"from\": 5000, \"percent\": 0.04 }]"));
            Maybe("fees of a symbol", 0.1, "execution.symbols", _ => "{ \"A\": { \"commissionPercent\": 0.25, \"spreadPercent\": 0.1 } }");
        }
        Maybe("fee by unit", 0.15, "execution.commissionPerUnit", r => Pick(r, "0.01", "0.2"));
        Maybe("fee by order", 0.15, "execution.commissionPerOrder", r => Pick(r, "1", "2.5"));
        Maybe("least fee", 0.15, "execution.commissionMinimum", r => Pick(r, "3", "0.9"));
        Maybe("slippage", 0.25, "execution.slippagePercent", r => Pick(r, "0.02", "0.1"));
        if (Has("tick")) Maybe("slippage in ticks", 0.3, "execution.slippageTicks", r => Pick(r, "1", "3"));
        Maybe("spread", 0.15, "execution.spreadPercent", r => Pick(r, "0.04", "0.1"));
        Maybe("impact", 0.2, "execution.slippageVolumeImpact", r => Pick(r, "0.1", "1"));
        Maybe("volume", 0.25, "execution.volumePercent", r => Pick(r, "0.3", "1", "5"));
        Maybe("borrow fee", 0.15, "execution.borrowPercent", r => Pick(r, "3", "20"));
    }

    // ---- orders ----

    private void DrawOrders()
    {
        Maybe("stop", 0.35, "strategy.stopLossPercent", r => Pick(r, "1", "3", "6"));
        Maybe("stop in ranges", 0.1, "strategy.stopLossAtr", r => Pick(r, "1", "2.5"), "stop");
        Maybe("ladder", 0.2, "strategy.takeProfit", r => Pick(r, "[{ \"percent\": 1, \"share\": 0.5 }, { \"percent\": 3 }]",
            "[{ \"percent\": 0.5, \"share\": 0.3 }, { \"percent\": 1.5, \"share\": 0.3 }, { \"percent\": 4, \"share\": 0.2 }]"));
        Maybe("target", 0.3, "strategy.takeProfitPercent", r => Pick(r, "1", "3", "6"), "ladder");
        if (Has("target")) Maybe("targets over time", 0.3, "strategy.takeProfitOverTime", _ => _isIntraday
            ? "[{ \"after\": \"6h\", \"percent\": 0.5 }, { \"after\": \"1d\", \"percent\": -0.5 }]"
            : "[{ \"after\": \"3d\", \"percent\": 0.5 }, { \"after\": \"9d\", \"percent\": -1 }]");
        Maybe("trailing stop", 0.25, "strategy.trailingStopPercent", r => Pick(r, "1", "4"));
        if (Has("trailing stop"))
        {
            Maybe("trail from highs", 0.3, "strategy.trailFrom", _ => "\"high\"");
            Maybe("trail from a profit", 0.3, "strategy.trailingStartPercent", r => Pick(r, "0.5", "2"));
        }
        Maybe("scale in", 0.15, "strategy.scaleIn", r => Pick(r, "[{ \"percent\": 1, \"share\": 0.5 }]",
            "[{ \"percent\": -1 }, { \"percent\": 2, \"share\": 0.5 }]"));
        Maybe("entry order", 0.2, r => [("strategy.entryOrder", Pick(r, "\"limit\"", "\"stop\"", "\"close\"")),
            ("strategy.entryOffsetPercent", Pick(r, "0.3", "1"))]);
        Maybe("valid for a time", 0.15, "strategy.signalValid", _ => _isIntraday ? "\"4h\"" : "\"3d\"");
        Maybe("time in force", 0.15, "execution.timeInForce", r => Pick(r, "\"day\"", "\"ioc\"", "\"fok\""));
        Maybe("most bars", 0.2, "strategy.maxBars", r => Pick(r, "1", "4", "12"));
        if (_isIntraday) Maybe("exit at a time", 0.15, r => [("strategy.exitAt", "\"15:00\""), .. Sessions]);
        Maybe("one side", 0.1, "strategy.sides", r => Pick(r, "\"long\"", "\"short\""));
        Maybe("no exit on signal", 0.1, "strategy.exitOnSignal", _ => "false");
        Maybe("several trades", 0.25, "strategy.maxOpenTrades", r => Pick(r, "2", "4"));
        Maybe("one entry a day", 0.05, "strategy.entryEvery", _ => "\"1d\"");
        Maybe("latency", 0.15, "execution.latencyBars", r => Pick(r, "1", "2"));
        Maybe("same close", 0.15, "execution.fill", _ => "\"same-close\"");
        Maybe("target first", 0.25, "execution.intrabar", _ => "\"target-first\"");
        Maybe("protect from the next bar", 0.1, "execution.protectFrom", _ => "\"next-bar\"");
        Maybe("close at the end", 0.1, "execution.atEnd", _ => "\"close\"");
        if (Has("longer bars")) Maybe("smaller bars", 0.4, "execution.intrabarPath", _ => "\"auto\"");
    }

    private const string Session = "{ \"timeZone\": \"UTC\", \"open\": \"00:00\", \"close\": \"24:00\", "
        + "\"days\": [\"Monday\", \"Tuesday\", \"Wednesday\", \"Thursday\", \"Friday\", \"Saturday\", \"Sunday\"] }";

    private static (string, string)[] Sessions => [("data.instruments.A.session", Session), ("data.instruments.B.session", Session)];

    // ---- facts of the market ----

    private void DrawMarket()
    {
        if (!_isIntraday) Chain();
        if (Has("two symbols") && Random("missing bars") is var random && random.Next(3) == 0)
            _capabilities.Add(new Capability("missing bars")
            {
                Missing = [.. Enumerable.Range(0, 6).Select(_ => (Pick(random, "A", "B"), 5 + random.Next(_times.Length - 10))).Distinct()],
            });
        if (!Has("chain", "chain below zero"))
        {
            Actions("split", 0.12, r => (r.Next(2) == 0 ? 2 : 0.5, 0));
            Actions("dividend", 0.12, r => (1, r.Next(1, 5) * 0.25));
            Maybe("delisting", 0.08, r => [("data.instruments.A.delisted", Text($"\"{_times[^(6 + r.Next(15))]:yyyy-MM-dd}\"")),
                ("data.instruments.A.delistingPrice", Text($"{Math.Round(_bars["A"][^8].Close * 0.8, 2)}"))]);
            Maybe("funding", 0.15, _ => [("data.funding", "\"funding.csv\"")], "split", "dividend");
            if (Has("funding")) Table("funding", "funding.csv", Rows("time,rate,mark", 8, FundingRow));
        }
        Maybe("borrow table", 0.12, "data.borrow", r => "{ \"source\": \"borrow.csv\", \"onShortage\": " + Pick(r, "\"cut\"", "\"refuse\"")
            + ", \"onRecall\": " + Pick(r, "\"close\"", "\"block\"") + " }");
        if (Has("borrow table")) Table("borrow table", "borrow.csv", BorrowRows());
    }

    private void Actions(string name, double probability, Func<Random, (double Ratio, double Dividend)> draw)
    {
        var random = Random(name);
        if (random.NextDouble() >= probability) return;
        var day = _times[10 + random.Next(_times.Length - 20)].Date;
        var (ratio, dividend) = draw(random);
        if (ratio != 1)
            _bars["A"] = [.. _bars["A"].Select(b => b.Time < day.Ticks + (_isIntraday ? 5 * TimeSpan.TicksPerHour : 0) ? b
                : b with { Open = Of(b.Open), High = Of(b.High), Low = Of(b.Low), Close = Of(b.Close) })];
        _capabilities.Add(new Capability(name) { Actions = [("A", day, ratio, dividend)] });

        double Of(double price) => Math.Round(price / ratio, 2);
    }

    // From some days before the bars to a day after them.
    private string Rows(string header, int everyHours, Func<Random, DateTime, string> row, int days = 0)
    {
        var random = Random(header);
        var text = new StringBuilder(header);
        for (var time = s_start.AddDays(-days); time <= _times[^1].AddDays(1); time = time.AddHours(everyHours))
            text.Append('\n').Append(row(random, time));
        return text.ToString();
    }

    private string FundingRow(Random random, DateTime time)
    {
        var last = _bars["A"].Last(b => b.Time <= time.Ticks);
        var rate = random.Next(-20, 30) / 100_000.0;
        return Text($"{time:yyyy-MM-dd HH:mm},{rate},{Math.Round(last.Close * (1 + 0.002 * (random.NextDouble() - 0.5)), 2)}");
    }

    private string BorrowRows()
    {
        var random = Random("borrow rows");
        var text = new StringBuilder("time,symbol,fee,available");
        foreach (var time in _times.Where((_, i) => i % 15 == 0))
            foreach (var symbol in (string[])["A", "B"])
                text.Append('\n').Append(Text($"{time.AddDays(-1):yyyy-MM-dd HH:mm},{symbol},{random.Next(1, 40)},"))
                    .Append(Pick(random, "yes", "no", "6", "20"));
        return text.ToString();
    }

    private void Chain()
    {
        var random = Random("chain");
        if (random.NextDouble() >= 0.2 || Has("two symbols")) return;
        var isBelow = random.Next(3) == 0;
        string[] contracts = ["CLH24", "CLM24", "CLU24", "CLZ24"];
        var table = new StringBuilder("contract,expiry");
        // The bars of a short batch end in the second or third contract.
        var level = isBelow ? 60.0 : 0;
        foreach (var (c, contract) in contracts.Index())
        {
            var expiry = s_start.AddDays(25 + 35 * c);
            table.Append(Text($"\n{contract},{expiry:yyyy-MM-dd}"));
            var own = Random("contracts of the chain");
            var bars = Path(own, isBelow ? 62 : 80, 0.015, level - 0.5 * c);
            _bars[contract] = [.. bars.Where(b => b.Time <= expiry.Ticks)];
        }
        _capabilities.Add(new Capability(isBelow ? "chain below zero" : "chain")
        {
            Keys = [("data.instruments.A.chain", Text($"{{ \"contracts\": \"CL*\", \"expiries\": \"expiries.csv\", \"adjust\": {
                Pick(random, isBelow ? ["\"none\"", "\"difference\""] : ["\"none\"", "\"difference\"", "\"ratio\""])
                }, \"roll\": {{ \"by\": \"expiry\", \"days\": {random.Next(1, 6)} }} }}"))],
            Tables = [("expiries.csv", table.ToString())],
        });
    }

    // ---- interest, currencies, more strategies ----

    private void DrawRates()
    {
        Maybe("currency held", 0.1, _ => Foreign("hold"));
        Maybe("currency converted", 0.1, r => [.. Foreign("convert"), ("account.fxSpreadPercent", Pick(r, "0", "0.2"))], "currency held");
        if (Has("currency held", "currency converted"))
            Table(Has("currency held") ? "currency held" : "currency converted", "fx.csv", Rows("time,EURUSD", 6,
                (random, time) => Text($"{time.AddHours(1):yyyy-MM-dd HH:mm},{Math.Round(1.05 + 0.1 * random.NextDouble(), 4)}"), days: 7));
        if (Has("currency held", "currency converted"))
            Maybe("interest", 0.3, "account.interest", _ => "{ \"EUR\": { \"referencePercent\": 3, \"cashSpreadPercent\": 0.5, "
                + "\"loanSpreadPercent\": 1 }, \"USD\": { \"referencePercent\": 5, \"loanSpreadPercent\": 1.5 } }");
        else
            Maybe("interest", 0.1, r => [("account.currency", "\"USD\""), ("account.interest",
                "{ \"USD\": { \"referencePercent\": 5, \"cashSpreadPercent\": 0.5, \"loanSpreadPercent\": 1.5 } }")]);
        if (Has("leverage", "isolated margin", "cross margin"))
            Maybe("interest on loans", 0.25, "execution.marginRatePercent", r => Pick(r, "8", "20"), "interest");
        if (!Has("fee tiers", "size", "large positions", "little cash", "interest", "interest on loans", "cross margin", "margin calls",
            "borrow table", "volume"))
            Maybe(DrawnBatch.MoreStrategies, 0.15, r => _isIntraday ? [("strategies", "{ \"timeframe\": \"4h\" }"),
                ("strategies", "{ \"timeframe\": \"12h\" }")] : [("strategies", "{ \"maxBars\": 5 }")], "longer bars", "chain",
                "chain below zero");
    }

    private static (string, string)[] Foreign(string conversion) => [("account.currency", "\"EUR\""),
        ("account.conversion", $"\"{conversion}\""), ("data.fx", "\"fx.csv\""), ("data.instruments.A.currency", "\"USD\""),
        ("data.instruments.B.currency", "\"USD\"")];

    // ---- acts ----

    private List<IReadOnlyList<string>> DrawActs()
    {
        var random = Random("acts");
        if (random.Next(6) == 0) _capabilities.Add(new Capability("manual orders"));
        return [.. Enumerable.Range(0, 3).Select(_ => DrawActs(random))];
    }

    private List<string> DrawActs(Random random)
    {
        List<string> acts = [];
        var (isPlain, hasManual) = (random.Next(3) == 0, Has("manual orders"));
        for (var bar = 1; bar < _times.Length; bar++)
            foreach (var symbol in (string[])["A", "B"])
                if (random.NextDouble() < 0.25) acts.Add(Text($"{bar} {symbol} {DrawAct(random, isPlain, hasManual)}"));
        return acts;
    }

    private static string DrawAct(Random random, bool isPlain, bool hasManual)
    {
        if (hasManual && random.Next(6) == 0)
            return Text($"{Pick(random, "order-buy", "order-sell")} qty={4 * random.Next(1, 5)}")
                + OrderOf(random, random.Next(2) == 0 ? 1 : -1);
        var verb = Pick(random, "buy", "buy", "buy", "sell", "sell", "sell", "long", "short", "leave", "leave-long", "leave-short",
            "leave-long", "leave-short", "leave-on-close", "stop-long", "stop-short", "cancel");
        if (verb.StartsWith("stop-", StringComparison.Ordinal))
            return Text($"{verb} at={(verb == "stop-long" ? -1 : 1) * random.Next(1, 12) * 0.25}");
        if (isPlain || verb is not ("buy" or "sell")) return verb;
        var side = verb == "buy" ? 1 : -1;
        var text = verb + (random.Next(2) == 0 ? OrderOf(random, side) : "");
        if (random.Next(4) == 0) text += Text($" qty={4 * random.Next(1, 9)}");
        if (random.Next(5) == 0) text += Text($" sl={-side * random.Next(2, 20) * 0.25}");
        if (random.Next(5) == 0) text += Text($" tp={side * random.Next(2, 20) * 0.25}");
        if (random.Next(8) == 0) text += Text($" trail={random.Next(1, 4)}");
        return text;
    }

    private static string OrderOf(Random random, int side)
    {
        var text = random.Next(5) switch
        {
            0 => Text($" limit={-side * random.Next(-2, 8) * 0.25}"),
            1 => Text($" stop={side * random.Next(1, 8) * 0.25}"),
            2 => Text($" stop={side * random.Next(1, 6) * 0.25} limit={side * random.Next(0, 9) * 0.25}"),
            3 => " close",
            _ => "",
        };
        return random.Next(3) == 0 ? text + " tif=" + Pick(random, "Day", "GoodTillDate", "ImmediateOrCancel", "FillOrKill") : text;
    }
}
