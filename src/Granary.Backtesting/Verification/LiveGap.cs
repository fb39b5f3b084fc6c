using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Granary.Contracts.Models;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Verification;

/// <summary>The difference between a trade of a live run and the same trade in the backtest, by cause.</summary>
/// <param name="Total">The account's net profit minus the backtest's; the sum of the parts.</param>
/// <param name="Data">Bars with other values, and their effects on strategies and portfolio.</param>
/// <param name="Operator">Commands and weights of the operator during the session, which the backtest does not have.</param>
/// <param name="Weight">A different weight.</param>
/// <param name="Model">A different version of the model.</param>
/// <param name="MissedFill">
/// An order that was not filled or only in part (or a fill that the backtest does not have).
/// </param>
/// <param name="Timing">Prices of a different bar, in which the fill happened.</param>
/// <param name="FillPrice">A different price in the same bar.</param>
/// <param name="Cost">Different fees for the same quantity.</param>
/// <param name="Why">An explanation in words; empty if there is none.</param>
public sealed record TradeGap(string Strategy, string Symbol, string EntryTime, double Total, double Data, double Operator, double Weight,
    double Model, double MissedFill, double Timing, double FillPrice, double Cost, string Why)
{
    /// <summary>The exit time, or the last bar of an open trade; empty if the run does not contain it.</summary>
    public string ExitTime { get; init; } = "";

    /// <summary>Bars that the session did not have in time: it left them out, or was too late to enter.</summary>
    public double LateBar { get; init; }

    /// <summary>An entry that the venue refused.</summary>
    public double Refusal { get; init; }

    /// <summary>A decision of the session that the program of today does not repeat on the same bars.</summary>
    public double Code { get; init; }

    /// <summary>A difference for which the journal has no reason.</summary>
    public double Unexplained { get; init; }

    /// <summary>The part by which the account differs from the session's own portfolio.</summary>
    public double ByVenue { get; init; }

    /// <summary>Its parts by cause, with the names in <see cref="LiveGap.Causes"/>; they add up to the total.</summary>
    public IReadOnlyList<(string Cause, double Amount)> Parts =>
    [
        (GapCauses.Data, Data), (GapCauses.LateBar, LateBar), (GapCauses.Operator, Operator), (GapCauses.Timing, Timing),
        (GapCauses.FillPrice, FillPrice), (GapCauses.MissedFill, MissedFill), (GapCauses.Refusal, Refusal), (GapCauses.Cost, Cost),
        (GapCauses.Weight, Weight), (GapCauses.Model, Model), (GapCauses.Code, Code), (GapCauses.Unexplained, Unexplained),
    ];

    /// <summary>Returns the trade with an amount added to one cause and to the total.</summary>
    /// <param name="cause">A name of <see cref="GapCauses"/>.</param>
    public TradeGap Plus(string cause, double amount) => Booked(cause, amount) with { Total = Total + amount };

    /// <summary>Returns the trade with an amount added to one cause. The total stays.</summary>
    internal TradeGap Booked(string cause, double amount) => cause switch
    {
        GapCauses.Data => this with { Data = Data + amount },
        GapCauses.LateBar => this with { LateBar = LateBar + amount },
        GapCauses.Operator => this with { Operator = Operator + amount },
        GapCauses.Timing => this with { Timing = Timing + amount },
        GapCauses.FillPrice => this with { FillPrice = FillPrice + amount },
        GapCauses.MissedFill => this with { MissedFill = MissedFill + amount },
        GapCauses.Refusal => this with { Refusal = Refusal + amount },
        GapCauses.Cost => this with { Cost = Cost + amount },
        GapCauses.Weight => this with { Weight = Weight + amount },
        GapCauses.Model => this with { Model = Model + amount },
        GapCauses.Code => this with { Code = Code + amount },
        _ => this with { Unexplained = Unexplained + amount },
    };

    /// <summary>The cause with the largest part, with its name in <see cref="LiveGap.Causes"/>.</summary>
    public string LargestCause => Parts.MaxBy(c => Math.Abs(c.Amount)).Cause;
}

/// <summary>
/// The difference between a live run and the backtest of the same period, by cause, for each trade and in total. The live run's own
/// portfolio, which runs the backtest's code on the live bars, separates the causes. Its differences from the backtest are due to data,
/// weights or models. The account's differences from it are due to the venue.
/// </summary>
/// <param name="Backtest">Net profit of the backtest's portfolio, with open trades at their last marks.</param>
/// <param name="Live">Net profit of the account.</param>
public sealed record LiveGap(double Backtest, double Live, IReadOnlyList<TradeGap> Trades)
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

    private static TradeGap Empty => new("", "", "", 0, 0, 0, 0, 0, 0, 0, 0, 0, "");

    public static bool IsLive(string folder) => System.IO.File.Exists(Path.Combine(folder, File));

    /// <exception cref="InputException">A folder does not belong to such a run, or has no portfolio_trades.csv.</exception>
    public static LiveGap Of(string backtest, string live) => Of(backtest, live, SameBars.Have(backtest, live));

    /// <inheritdoc cref="Of(string, string)"/>
    /// <param name="backtest">The folder of the backtest.</param>
    /// <param name="live">The folder of the live run.</param>
    /// <param name="isOfSameBars">
    /// Whether the backtest ran over the session's bars. In that case their portfolios differ by the operator, by versions of models or by
    /// their configurations, which the account's facts and both runs tell apart.
    /// </param>
    public static LiveGap Of(string backtest, string live, bool isOfSameBars)
    {
        var gap = Between(BacktestIn(backtest), new GapSession(Rows(live, File).Select(LiveTradeOf), Weights(live)));
        return isOfSameBars ? WithCauses(gap, new SameBars(backtest, live).CauseOf) : gap;
    }

    /// <summary>Compares a session with a backtest over its bars and of its configuration.</summary>
    /// <param name="facts">The facts by which the session's portfolio differs from the backtest.</param>
    public static LiveGap Of(GapBacktest backtest, GapSession session, SessionFacts facts) =>
        WithCauses(Between(backtest, session), facts.CauseOf);

    private static LiveGap WithCauses(LiveGap gap, Func<string, string, string, (string Cause, string Why)> causeOf)
    {
        return gap with { Trades = [.. gap.Trades.Select(WithCause)] };

        TradeGap WithCause(TradeGap t)
        {
            if (t.Data == 0) return t;
            var (cause, why) = causeOf(t.Strategy, t.Symbol, t.ExitTime.Length > 0 ? t.ExitTime : t.EntryTime);
            var own = (t with { Data = 0 }).Booked(cause, t.Data);
            if (own.LargestCause != cause || why.Length == 0) return own;
            return own with { Why = own.Why.Length == 0 ? why : $"{own.Why}; {why}" };
        }
    }

    private static LiveGap Between(GapBacktest backtest, GapSession live)
    {
        var planned = ByKey(backtest.Trades);
        var sum = planned.Values.SelectMany(q => q).Sum(p => p.Net);
        var gaps = new List<TradeGap>();
        var earned = 0.0;
        // Weights and models of strategies in each run, for trades that only one run has.
        var (weightsA, weightsB) = (backtest.Weights, live.Weights);
        foreach (var k in live.Trades)
        {
            earned += k.Net;
            var other = k.ModelQuantity > 0 && planned.TryGetValue((k.Strategy, k.Symbol, k.Side, k.ModelEntryTime), out var same)
                && same.Count > 0 ? same.Dequeue() : null;
            gaps.Add(Split(k, other, weightsA.GetValueOrDefault(k.Strategy)));
        }
        foreach (var p in planned.Values.SelectMany(q => q))
        {
            var (weight, model) = weightsB.GetValueOrDefault(p.Strategy);
            var (d, w, m) = Cause(-p.Net, p.Weight, weight, p.Model, model);
            gaps.Add(new TradeGap(p.Strategy, p.Symbol, p.EntryTime, -p.Net, d, 0, w, m, 0, 0, 0, 0,
                "only in the backtest")
            { ExitTime = p.ExitTime });
        }
        return new LiveGap(sum, earned, Sorted(gaps));
    }

    private static TradeGap Split(GapLiveTrade k, GapPlannedTrade? planned, (double Weight, string Model) backtest)
    {
        double data = 0, weight = 0, model = 0;
        var why = k.Why;
        if (planned is null)
        {
            if (k.ModelQuantity > 0)
            {
                (data, weight, model) = Cause(k.ModelNet, backtest.Weight, k.Weight, backtest.Model, k.Model);
                if (why.Length == 0) why = "only in the live run";
            }
        }
        else
        {
            // A different size of the same trade is due to the weight.
            if (planned.Weight != k.Weight && planned.Quantity > 0) weight = planned.Net * (k.ModelQuantity / planned.Quantity - 1);
            var rest = k.ModelNet - planned.Net - weight;
            if (planned.Model != k.Model) model = rest;
            else data = rest;
        }
        var gap = new TradeGap(k.Strategy, k.Symbol, k.ModelQuantity > 0 ? k.ModelEntryTime : k.EntryTime, k.Net - (planned?.Net ?? 0),
            data, 0, weight, model, 0, 0, 0, 0, why)
        {
            ExitTime = k.Quantity > 0 ? k.ExitTime : k.ModelExitTime,
            ByVenue = k.Net - k.ModelNet,
        };
        return k.ModelQuantity > 0 && k.Quantity > 0 ? ByFills(gap, k) : OfOneSide(gap, k);
    }

    // A trade that both the session's portfolio and the account have: its size, its prices and its fees.
    private static TradeGap ByFills(TradeGap gap, GapLiveTrade k)
    {
        var share = k.Quantity / k.ModelQuantity;
        var granted = k.GrantedShare > 0 ? k.GrantedShare : 1;
        var sign = (k.Side == "long" ? 1 : -1) * k.Quantity * k.Multiplier;
        string CauseOf(bool isOtherBar) => isOtherBar ? GapCauses.Timing : GapCauses.FillPrice;
        return gap.Booked(k.GrantedCause.Length > 0 ? k.GrantedCause : GapCauses.Code, k.ModelNet * (granted - 1))
            .Booked(GapCauses.MissedFill, k.ModelNet * (share - granted))
            .Booked(CauseOf(!IsSameBar(k.ModelEntryTime, k.EntryTime, k.Timeframe)), sign * (k.ModelEntry - k.Entry))
            .Booked(k.ExitCause.Length > 0 ? k.ExitCause : CauseOf(!IsSameBar(k.ModelExitTime, k.ExitTime, k.Timeframe)),
                sign * (k.Exit - k.ModelExit))
            // Another exit than the portfolio's has fees of its own.
            .Booked(k.ExitCause.Length > 0 ? k.ExitCause : GapCauses.Cost, k.ModelFees * share - k.Fees);
    }

    // The account's times are of the session's bars, and those of the portfolio of the strategy's, which may be longer.
    private static bool IsSameBar(string planned, string own, string timeframe) => planned == own
        || Timeframe.TryParse(timeframe, out var frame)
            && Ticks(planned) <= Ticks(own) && Ticks(own) < frame.Value.CloseOf(Ticks(planned));

    private static long Ticks(string time) => DateTime.TryParse(time, CultureInfo.InvariantCulture,
        DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var at) ? at.Ticks : -1;

    // A trade that only the session's portfolio or only the account has.
    private static TradeGap OfOneSide(TradeGap gap, GapLiveTrade k)
    {
        var isTraded = k.Quantity > 0;
        // A switch to another version is due to the operator.
        if (gap.Why == EarlierVersion) return gap.Booked(GapCauses.Operator, k.Net);
        if (gap.Why.Length == 0)
            gap = gap with { Why = isTraded ? "filled, and the strategy's own account did not have it" : "not filled" };
        return gap.Booked(k.Cause.Length > 0 ? k.Cause : GapCauses.Unexplained, isTraded ? k.Net : -k.ModelNet);
    }

    // Attributes a trade that only one run has: to the weight if it differs, otherwise to the model, otherwise to the data.
    private static (double Data, double Weight, double Model) Cause(double amount, double weightA, double weightB, string? modelA,
        string? modelB) =>
        weightA != weightB && (weightA == 0 || weightB == 0) ? (0, amount, 0)
        : (modelA ?? "") != (modelB ?? "") ? (0, 0, amount)
        : (amount, 0, 0);

    private static Dictionary<string, (double Weight, string Model)> Weights(string folder)
    {
        var path = Path.Combine(folder, "prod.json");
        var found = new Dictionary<string, (double, string)>(StringComparer.Ordinal);
        if (!System.IO.File.Exists(path)) return found;
        foreach (var strategy in JsonPart.Parse(path, System.IO.File.ReadAllBytes(path)).Need("strategies").List())
            found[strategy.Need("id").String()] = (strategy.Need("weight")
                .Number(), strategy.Find("model") is { Kind: System.Text.Json.JsonValueKind.String } m ? m.Text : "");
        return found;
    }

    /// <summary>
    /// Replaces the backtest by one over other bars. The difference of the two backtests is added to each trade, by a cause.
    /// </summary>
    /// <param name="before">The trades of the backtest that this gap was computed with.</param>
    /// <param name="after">The trades of the other backtest.</param>
    /// <param name="cause">A name of <see cref="GapCauses"/>.</param>
    public LiveGap Against(IReadOnlyList<GapPlannedTrade> before, IReadOnlyList<GapPlannedTrade> after, string cause)
    {
        var (was, now) = (ByKey(before), ByKey(after));
        var trades = Trades.ToList();
        var places = new Dictionary<(string, string, string), int>();
        for (var i = 0; i < trades.Count; i++) places.TryAdd((trades[i].Strategy, trades[i].Symbol, trades[i].EntryTime), i);
        foreach (var key in was.Keys.Union(now.Keys).Order())
        {
            var (old, other) = (was.GetValueOrDefault(key), now.GetValueOrDefault(key));
            var amount = (old?.Sum(p => p.Net) ?? 0) - (other?.Sum(p => p.Net) ?? 0);
            if (amount == 0) continue;
            var (strategy, symbol, _, entry) = key;
            if (places.TryGetValue((strategy, symbol, entry), out var at)) trades[at] = trades[at].Plus(cause, amount);
            else
            {
                places.Add((strategy, symbol, entry), trades.Count);
                trades.Add((Empty with { Strategy = strategy, Symbol = symbol, EntryTime = entry }).Plus(cause, amount) with
                {
                    ExitTime = (other ?? old)!.Peek().ExitTime,
                    Why = "only in the backtest",
                });
            }
        }
        return new LiveGap(now.Values.Sum(p => p.Sum(t => t.Net)), Live, Sorted(trades));
    }

    private static IReadOnlyList<TradeGap> Sorted(IEnumerable<TradeGap> gaps) =>
        [.. gaps.OrderBy(g => g.EntryTime, StringComparer.Ordinal).ThenBy(g => g.Strategy, StringComparer.Ordinal)];

    private static Dictionary<(string Strategy, string Symbol, string Side, string Entry), Queue<GapPlannedTrade>> ByKey(
        IEnumerable<GapPlannedTrade> trades)
    {
        var planned = new Dictionary<(string, string, string, string), Queue<GapPlannedTrade>>();
        foreach (var p in trades)
        {
            var key = (p.Strategy, p.Symbol, p.Side, p.EntryTime);
            if (!planned.TryGetValue(key, out var same)) planned.Add(key, same = new Queue<GapPlannedTrade>());
            same.Enqueue(p);
        }
        return planned;
    }

    private static GapBacktest BacktestIn(string folder) => new([.. Rows(folder, "portfolio_trades.csv").Select(row =>
        new GapPlannedTrade(row("strategy"), row("symbol"), row("side"), row("entry_time"), Number(row("quantity")), Number(row("pnl_net")),
            Number(row("weight")), row("model"), row("exit_time")))], Weights(folder));

    private static GapLiveTrade LiveTradeOf(Func<string, string> row) =>
        new(row("strategy"), row("symbol"), row("side"), Number(row("multiplier")), Number(row("weight")),
            row("model"), Number(row("model_quantity")), row("model_entry_time"), Number(row("model_entry_price")),
            row("model_exit_time"), Number(row("model_exit_price")), Number(row("model_net")), Number(row("model_fees")),
            Number(row("account_quantity")), row("account_entry_time"), Number(row("account_entry_price")),
            row("account_exit_time"), Number(row("account_exit_price")), Number(row("account_net")), Number(row("account_fees")),
            row("why"), row("cause"), row("exit_cause"), Number(row("granted_share")), row("granted_cause"), row("timeframe"));

    private static IEnumerable<Func<string, string>> Rows(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        if (!System.IO.File.Exists(path))
            throw new InputException($"{folder} has no {file}; name the folder of "
                + $"a {(file == File ? "live run" : "run that has \"portfolio_trades\" among its outputs")}");
        using var csv = new CsvReader(new StreamReader(path), new CsvConfiguration(CultureInfo.InvariantCulture));
        csv.Read();
        csv.ReadHeader();
        while (csv.Read()) yield return name => CsvText.Read(csv.TryGetField<string>(name, out var field) ? field ?? "" : "");
    }

    private static double Number(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
