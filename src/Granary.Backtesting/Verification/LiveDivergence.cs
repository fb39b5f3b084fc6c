using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Verification;

/// <summary>The difference between a trade of a live run and the same trade in the backtest, by cause.</summary>
public sealed record TradeDivergence
{
    public required string Strategy { get; init; }

    public required string Symbol { get; init; }

    /// <summary>UTC.</summary>
    public required DateTime EntryTime { get; init; }

    /// <summary>UTC; the last bar of an open trade.</summary>
    public required DateTime ExitTime { get; init; }

    /// <summary>The account's net profit minus the backtest's; the sum of the parts.</summary>
    public required double Total { get; init; }

    /// <summary>Bars with other values, and their effects on strategies and portfolio.</summary>
    public double Data { get; init; }

    /// <summary>Bars that the session did not have in time: it left them out, or was too late to enter.</summary>
    public double LateBar { get; init; }

    /// <summary>Commands and weights of the operator during the session, which the backtest does not have.</summary>
    public double Operator { get; init; }

    /// <summary>Prices of another bar, in which the fill happened.</summary>
    public double Timing { get; init; }

    /// <summary>A different price in the same bar.</summary>
    public double FillPrice { get; init; }

    /// <summary>An order that was not filled or only in part (or a fill that the backtest does not have).</summary>
    public double MissedFill { get; init; }

    /// <summary>An entry that the venue refused.</summary>
    public double Refusal { get; init; }

    /// <summary>Different fees for the same quantity.</summary>
    public double Cost { get; init; }

    /// <summary>Exchange rates that the session did not have, or that counted at another time.</summary>
    public double Rates { get; init; }

    /// <summary>A different weight.</summary>
    public double Weight { get; init; }

    /// <summary>A different version of the model.</summary>
    public double Model { get; init; }

    /// <summary>A decision of the session that the program of today does not repeat on the same bars.</summary>
    public double Code { get; init; }

    /// <summary>A difference for which the journal has no reason.</summary>
    public double Unexplained { get; init; }

    /// <summary>The part by which the account differs from the session's own portfolio.</summary>
    public double ByVenue { get; init; }

    /// <summary>An explanation in words; empty if there is none.</summary>
    public string Why { get; init; } = "";

    /// <summary>Its parts by cause, with the names in <see cref="LiveDivergence.Causes"/>; they add up to the total.</summary>
    public IReadOnlyList<(string Cause, double Amount)> Parts =>
    [
        (DivergenceCauses.Data, Data), (DivergenceCauses.LateBar, LateBar), (DivergenceCauses.Operator, Operator),
        (DivergenceCauses.Timing, Timing), (DivergenceCauses.FillPrice, FillPrice), (DivergenceCauses.MissedFill, MissedFill),
        (DivergenceCauses.Refusal, Refusal), (DivergenceCauses.Cost, Cost), (DivergenceCauses.Rates, Rates),
        (DivergenceCauses.Weight, Weight), (DivergenceCauses.Model, Model), (DivergenceCauses.Code, Code),
        (DivergenceCauses.Unexplained, Unexplained),
    ];

    /// <summary>Returns the trade with an amount added to one cause and to the total.</summary>
    /// <param name="cause">A name of <see cref="DivergenceCauses"/>.</param>
    public TradeDivergence Plus(string cause, double amount) => Booked(cause, amount) with { Total = Total + amount };

    /// <summary>Returns the trade with an amount added to one cause. The total stays.</summary>
    internal TradeDivergence Booked(string cause, double amount) => cause switch
    {
        DivergenceCauses.Data => this with { Data = Data + amount },
        DivergenceCauses.LateBar => this with { LateBar = LateBar + amount },
        DivergenceCauses.Operator => this with { Operator = Operator + amount },
        DivergenceCauses.Timing => this with { Timing = Timing + amount },
        DivergenceCauses.FillPrice => this with { FillPrice = FillPrice + amount },
        DivergenceCauses.MissedFill => this with { MissedFill = MissedFill + amount },
        DivergenceCauses.Refusal => this with { Refusal = Refusal + amount },
        DivergenceCauses.Cost => this with { Cost = Cost + amount },
        DivergenceCauses.Rates => this with { Rates = Rates + amount },
        DivergenceCauses.Weight => this with { Weight = Weight + amount },
        DivergenceCauses.Model => this with { Model = Model + amount },
        DivergenceCauses.Code => this with { Code = Code + amount },
        _ => this with { Unexplained = Unexplained + amount },
    };

    /// <summary>The cause with the largest part, with its name in <see cref="LiveDivergence.Causes"/>.</summary>
    public string LargestCause => Parts.MaxBy(c => Math.Abs(c.Amount)).Cause;
}

/// <summary>
/// The difference between a live run and the backtest of the same period, by cause, for each trade and in total. The live run's own
/// portfolio, which runs the backtest's code on the live bars, separates the causes. Its differences from the backtest are due to data,
/// weights or models. The account's differences from it are due to the venue.
/// </summary>
/// <param name="Backtest">Net profit of the backtest's portfolio, with open trades at their last marks.</param>
/// <param name="Live">Net profit of the account.</param>
public sealed record LiveDivergence(double Backtest, double Live, IReadOnlyList<TradeDivergence> Trades)
{
    /// <summary>The file of a live run that compares its account with its portfolio.</summary>
    public const string File = RunFolder.AccountGap;

    /// <summary>The reason for a trade that an earlier configuration of the account entered.</summary>
    public const string EarlierVersion = "entered by an earlier version";

    public double Total => Trades.Sum(t => t.Total);

    /// <summary>The amounts by cause, in display order.</summary>
    public IReadOnlyList<(string Cause, double Amount)> Causes
    {
        get
        {
            var sums = Empty.Parts.ToArray();
            foreach (var trade in Trades)
            {
                var parts = trade.Parts;
                for (var i = 0; i < sums.Length; i++) sums[i].Amount += parts[i].Amount;
            }
            return sums;
        }
    }

    private static TradeDivergence Empty => new() { Strategy = "", Symbol = "", EntryTime = default, ExitTime = default, Total = 0 };

    public static bool IsLive(string folder) => System.IO.File.Exists(Path.Combine(folder, File));

    /// <exception cref="InputException">A folder does not belong to such a run, or has no portfolio_trades.csv.</exception>
    public static LiveDivergence Of(string backtest, string live) => Of(backtest, live, SameBars.Have(backtest, live));

    /// <inheritdoc cref="Of(string, string)"/>
    /// <param name="backtest">The folder of the backtest.</param>
    /// <param name="live">The folder of the live run.</param>
    /// <param name="isOfSameBars">
    /// Whether the backtest ran over the session's bars. In that case their portfolios differ by the operator, by versions of models or by
    /// their configurations, which the account's facts and both runs tell apart.
    /// </param>
    public static LiveDivergence Of(string backtest, string live, bool isOfSameBars)
    {
        var gap = Between(ComparedFiles.Backtest(backtest), ComparedFiles.Session(live));
        return isOfSameBars ? WithCauses(gap, new SameBars(backtest, live).CauseOf) : gap;
    }

    /// <summary>Compares a session with a backtest over its bars and of its configuration.</summary>
    /// <param name="facts">The facts by which the session's portfolio differs from the backtest.</param>
    internal static LiveDivergence Of(ComparedBacktest backtest, ComparedSession session, SessionFacts facts) =>
        WithCauses(Between(backtest, session), facts.CauseOf);

    private static LiveDivergence WithCauses(LiveDivergence gap, Func<string, string, DateTime, (string Cause, string Why)> causeOf)
    {
        return gap with { Trades = [.. gap.Trades.Select(WithCause)] };

        TradeDivergence WithCause(TradeDivergence t)
        {
            if (t.Data == 0) return t;
            var (cause, why) = causeOf(t.Strategy, t.Symbol, t.ExitTime);
            var own = (t with { Data = 0 }).Booked(cause, t.Data);
            if (own.LargestCause != cause || why.Length == 0) return own;
            return own with { Why = own.Why.Length == 0 ? why : $"{own.Why}; {why}" };
        }
    }

    private static LiveDivergence Between(ComparedBacktest backtest, ComparedSession live)
    {
        var planned = ByKey(backtest.Trades);
        var sum = planned.Values.SelectMany(q => q).Sum(p => p.Net);
        var gaps = new List<TradeDivergence>();
        var earned = 0.0;
        // Weights and models of strategies in each run, for trades that only one run has.
        var (weightsA, weightsB) = (backtest.Weights, live.Weights);
        foreach (var k in live.Trades)
        {
            earned += k.Filled?.Net ?? 0;
            var other = k.Planned is { } plan && planned.TryGetValue((k.Strategy, k.Symbol, k.Side, plan.EntryTime), out var same)
                && same.Count > 0 ? same.Dequeue() : null;
            gaps.Add(Split(k, other, weightsA.GetValueOrDefault(k.Strategy)));
        }
        foreach (var p in planned.Values.SelectMany(q => q))
        {
            var (weight, model) = weightsB.GetValueOrDefault(p.Strategy);
            var (d, w, m) = Cause(-p.Net, p.Weight, weight, p.Model, model);
            gaps.Add(OnlyInBacktest(p, -p.Net) with { Data = d, Weight = w, Model = m });
        }
        return new LiveDivergence(sum, earned, Sorted(gaps));
    }

    private static TradeDivergence OnlyInBacktest(ComparedTrade trade, double total) => new()
    {
        Strategy = trade.Strategy,
        Symbol = trade.Symbol,
        EntryTime = trade.EntryTime,
        ExitTime = trade.ExitTime,
        Total = total,
        Why = "only in the backtest",
    };

    private static TradeDivergence Split(SessionTrade k, ComparedTrade? planned, (double Weight, string Model) backtest)
    {
        double data = 0, weight = 0, model = 0;
        var why = k.Why;
        if (k.Planned is { } own)
        {
            if (planned is null)
            {
                (data, weight, model) = Cause(own.Net, backtest.Weight, k.Weight, backtest.Model, k.Model);
                if (why.Length == 0) why = "only in the live run";
            }
            else
            {
                // A different size of the same trade is due to the weight.
                if (planned.Weight != k.Weight && planned.Quantity > 0) weight = planned.Net * (own.Quantity / planned.Quantity - 1);
                var rest = own.Net - planned.Net - weight;
                if (planned.Model != k.Model) model = rest;
                else data = rest;
            }
        }
        var net = k.Filled?.Net ?? 0;
        var gap = new TradeDivergence
        {
            Strategy = k.Strategy,
            Symbol = k.Symbol,
            EntryTime = (k.Planned ?? k.Filled)!.EntryTime,
            ExitTime = (k.Filled ?? k.Planned)!.ExitTime,
            Total = net - (planned?.Net ?? 0),
            Data = data,
            Weight = weight,
            Model = model,
            ByVenue = net - (k.Planned?.Net ?? 0),
            Why = why,
        };
        return k is { Planned: { } plan, Filled: { } filled } ? ByFills(gap, k, plan, filled) : OfOneSide(gap, k);
    }

    // A trade that both the session's portfolio and the account have: its size, its prices and its fees.
    private static TradeDivergence ByFills(TradeDivergence gap, SessionTrade k, RoundTrip planned, RoundTrip filled)
    {
        var share = filled.Quantity / planned.Quantity;
        var granted = k.GrantedShare > 0 ? k.GrantedShare : 1;
        // Prices and fees are compared at the portfolio's rate; then the account's rate is another cause.
        var atRate = planned.Rate / filled.Rate;
        var sign = (int)k.Side * filled.Quantity * k.Multiplier * planned.Rate;
        string CauseOf(bool isOtherBar) => isOtherBar ? DivergenceCauses.Timing : DivergenceCauses.FillPrice;
        return gap.Booked(k.GrantedCause, planned.Net * (granted - 1))
            .Booked(DivergenceCauses.MissedFill, planned.Net * (share - granted))
            .Booked(CauseOf(!IsSameBar(planned.EntryTime, filled.EntryTime, k.Timeframe)), sign * (planned.EntryPrice - filled.EntryPrice))
            .Booked(k.ExitCause ?? CauseOf(!IsSameBar(planned.ExitTime, filled.ExitTime, k.Timeframe)),
                sign * (filled.ExitPrice - planned.ExitPrice))
            // Another exit than the portfolio's has fees of its own.
            .Booked(k.ExitCause ?? DivergenceCauses.Cost, planned.Fees * share - filled.Fees * atRate)
            .Booked(DivergenceCauses.Rates, filled.Net * (1 - atRate));
    }

    // The account's times are of the session's bars, and those of the portfolio of the strategy's, which may be longer.
    private static bool IsSameBar(DateTime planned, DateTime own, Timeframe? timeframe) => planned == own
        || timeframe is { } frame && planned <= own && own.Ticks < frame.CloseOf(planned.Ticks);

    // A trade that only the session's portfolio or only the account has.
    private static TradeDivergence OfOneSide(TradeDivergence gap, SessionTrade k)
    {
        // A switch to another version is due to the operator.
        if (gap.Why == EarlierVersion) return gap.Booked(DivergenceCauses.Operator, k.Filled?.Net ?? 0);
        if (gap.Why.Length == 0)
            gap = gap with { Why = k.Filled is null ? "not filled" : "filled, and the strategy's own account did not have it" };
        return gap.Booked(k.Cause ?? DivergenceCauses.Unexplained, k.Filled?.Net ?? -k.Planned!.Net);
    }

    // Attributes a trade that only one run has: to the weight if it differs, otherwise to the model, otherwise to the data.
    private static (double Data, double Weight, double Model) Cause(double amount, double weightA, double weightB, string? modelA,
        string? modelB) =>
        weightA != weightB && (weightA == 0 || weightB == 0) ? (0, amount, 0)
        : (modelA ?? "") != (modelB ?? "") ? (0, 0, amount)
        : (amount, 0, 0);

    /// <summary>
    /// Replaces the backtest by one over other bars. The difference of the two backtests is added to each trade, by a cause.
    /// </summary>
    /// <param name="before">The trades of the backtest that this gap was computed with.</param>
    /// <param name="after">The trades of the other backtest.</param>
    /// <param name="cause">A name of <see cref="DivergenceCauses"/>.</param>
    internal LiveDivergence Against(IReadOnlyList<ComparedTrade> before, IReadOnlyList<ComparedTrade> after, string cause)
    {
        var (was, now) = (ByKey(before), ByKey(after));
        var trades = Trades.ToList();
        var places = new Dictionary<(string, string, DateTime), int>();
        for (var i = 0; i < trades.Count; i++) places.TryAdd((trades[i].Strategy, trades[i].Symbol, trades[i].EntryTime), i);
        foreach (var key in was.Keys.Union(now.Keys).OrderBy(k => k.Strategy, StringComparer.Ordinal)
            .ThenBy(k => k.Symbol, StringComparer.Ordinal).ThenByDescending(k => k.Side).ThenBy(k => k.Entry))
        {
            var (old, other) = (was.GetValueOrDefault(key), now.GetValueOrDefault(key));
            var amount = (old?.Sum(p => p.Net) ?? 0) - (other?.Sum(p => p.Net) ?? 0);
            if (amount == 0) continue;
            var (strategy, symbol, _, entry) = key;
            if (places.TryGetValue((strategy, symbol, entry), out var at)) trades[at] = trades[at].Plus(cause, amount);
            else
            {
                places.Add((strategy, symbol, entry), trades.Count);
                trades.Add(OnlyInBacktest((other ?? old)!.Peek(), 0).Plus(cause, amount));
            }
        }
        return new LiveDivergence(now.Values.Sum(p => p.Sum(t => t.Net)), Live, Sorted(trades));
    }

    private static IReadOnlyList<TradeDivergence> Sorted(IEnumerable<TradeDivergence> gaps) =>
        [.. gaps.OrderBy(g => g.EntryTime).ThenBy(g => g.Strategy, StringComparer.Ordinal)];

    private static Dictionary<(string Strategy, string Symbol, Side Side, DateTime Entry), Queue<ComparedTrade>> ByKey(
        IEnumerable<ComparedTrade> trades)
    {
        var planned = new Dictionary<(string, string, Side, DateTime), Queue<ComparedTrade>>();
        foreach (var p in trades)
        {
            var key = (p.Strategy, p.Symbol, p.Side, p.EntryTime);
            if (!planned.TryGetValue(key, out var same)) planned.Add(key, same = new Queue<ComparedTrade>());
            same.Enqueue(p);
        }
        return planned;
    }
}
