using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Granary.Contracts.Models;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Verification;

/// <summary>The difference between a trade of a live run and the same trade in the backtest, by cause.</summary>
/// <param name="Total">The account's net profit minus the backtest's; the sum of the parts.</param>
/// <param name="Data">Different bars, and their effects on strategies and portfolio.</param>
/// <param name="Operator">Commands and weights of the operator during the session, which the backtest does not have.</param>
/// <param name="Weight">A different weight.</param>
/// <param name="Model">A different version of the model.</param>
/// <param name="MissedFill">A fill that is missing or partial (or that the backtest does not have).</param>
/// <param name="Timing">Prices of another bar, in which the fill happened.</param>
/// <param name="FillPrice">A different price in the same bar.</param>
/// <param name="Cost">Different fees for the same quantity.</param>
/// <param name="Why">An explanation in words; empty if there is none.</param>
public sealed record TradeGap(string Strategy, string Symbol, string EntryTime, double Total, double Data, double Operator, double Weight,
    double Model, double MissedFill, double Timing, double FillPrice, double Cost, string Why)
{
    /// <summary>The exit time, or the last bar of an open trade; empty if the run does not contain it.</summary>
    public string ExitTime { get; init; } = "";

    /// <summary>Its parts by cause, with the names in <see cref="LiveGap.Causes"/>.</summary>
    public IReadOnlyList<(string Cause, double Amount)> Parts =>
    [
        ("data", Data), ("operator", Operator), ("timing", Timing), ("fill price", FillPrice), ("missed fill", MissedFill),
        ("cost", Cost), ("weight", Weight), ("model version", Model),
    ];

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
    public IReadOnlyList<(string Cause, double Amount)> Causes =>
        Trades.Count == 0 ? new TradeGap("", "", "", 0, 0, 0, 0, 0, 0, 0, 0, 0, "").Parts
        : [.. Trades.SelectMany(t => t.Parts).GroupBy(p => p.Cause).Select(g => (g.Key, g.Sum(p => p.Amount)))];

    public static bool IsLive(string folder) => System.IO.File.Exists(Path.Combine(folder, File));

    private sealed record BacktestTrade(string Strategy, string Symbol, string Side, string EntryTime, double Quantity, double Net,
        double Weight, string Model, string ExitTime);

    private sealed record LiveTrade(string Strategy, string Symbol, string Side, double Multiplier, double Weight, string Model,
        double ModelQuantity, string ModelEntryTime, double ModelEntry, string ModelExitTime, double ModelExit,
        double ModelNet, double ModelFees, double Quantity, string EntryTime, double Entry, string ExitTime, double Exit, double Net,
        double Fees, string Why);

    /// <exception cref="InputException">A folder does not belong to such a run, or has no portfolio_trades.csv.</exception>
    public static LiveGap Of(string backtest, string live) => Of(backtest, live, IsOfSameBars(backtest, live));

    /// <inheritdoc cref="Of(string, string)"/>
    /// <param name="backtest">The folder of the backtest.</param>
    /// <param name="live">The folder of the live run.</param>
    /// <param name="isOfSameBars">
    /// Whether the backtest ran over the session's bars. In that case the operator caused all differences of their portfolios.
    /// </param>
    public static LiveGap Of(string backtest, string live, bool isOfSameBars)
    {
        var gap = Between(backtest, live);
        return isOfSameBars ? gap with { Trades = [.. gap.Trades.Select(t => t with { Operator = t.Operator + t.Data, Data = 0 })] } : gap;
    }

    // Whether the session itself ran this backtest at its end.
    private static bool IsOfSameBars(string backtest, string live)
    {
        var (own, results) = (Path.Combine(live, RunFolder.AgainstBacktest), Path.Combine(backtest, "results.json"));
        if (!System.IO.File.Exists(own) || !System.IO.File.Exists(results)) return false;
        return JsonPart.Parse(own, System.IO.File.ReadAllBytes(own)).Need("digest").String()
            == JsonPart.Parse(results, System.IO.File.ReadAllBytes(results)).Need("digest").String();
    }

    private static LiveGap Between(string backtest, string live)
    {
        var planned = new Dictionary<(string, string, string, string), Queue<BacktestTrade>>();
        var sum = 0.0;
        foreach (var row in Rows(backtest, "portfolio_trades.csv"))
        {
            var p = new BacktestTrade(row("strategy"), row("symbol"), row("side"), row("entry_time"), Number(row("quantity")),
                Number(row("pnl_net")), Number(row("weight")), row("model"), row("exit_time"));
            sum += p.Net;
            var key = (p.Strategy, p.Symbol, p.Side, p.EntryTime);
            if (!planned.TryGetValue(key, out var same)) planned.Add(key, same = new Queue<BacktestTrade>());
            same.Enqueue(p);
        }
        var gaps = new List<TradeGap>();
        var earned = 0.0;
        // Weights and models of strategies in each run, for trades that only one run has.
        var (weightsA, weightsB) = (Weights(backtest), Weights(live));
        foreach (var row in Rows(live, File))
        {
            var k = new LiveTrade(row("strategy"), row("symbol"), row("side"), Number(row("multiplier")), Number(row("weight")),
                row("model"), Number(row("model_quantity")), row("model_entry_time"), Number(row("model_entry_price")),
                row("model_exit_time"), Number(row("model_exit_price")), Number(row("model_net")), Number(row("model_fees")),
                Number(row("account_quantity")), row("account_entry_time"), Number(row("account_entry_price")),
                row("account_exit_time"), Number(row("account_exit_price")), Number(row("account_net")), Number(row("account_fees")),
                row("why"));
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
        return new LiveGap(sum, earned,
            [.. gaps.OrderBy(g => g.EntryTime, StringComparer.Ordinal).ThenBy(g => g.Strategy, StringComparer.Ordinal)]);
    }

    private static TradeGap Split(LiveTrade k, BacktestTrade? planned, (double Weight, string Model) backtest)
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
        double missed = 0, timing = 0, price = 0, cost = 0, byOperator = 0;
        if (k.ModelQuantity > 0 && k.Quantity > 0)
        {
            var share = k.Quantity / k.ModelQuantity;
            missed = k.ModelNet * (share - 1);
            var sign = (k.Side == "long" ? 1 : -1) * k.Quantity * k.Multiplier;
            void Add(double amount, bool otherBar)
            {
                if (otherBar) timing += amount;
                else price += amount;
            }
            Add(sign * (k.ModelEntry - k.Entry), k.EntryTime != k.ModelEntryTime);
            Add(sign * (k.Exit - k.ModelExit), k.ExitTime != k.ModelExitTime);
            cost = k.ModelFees * share - k.Fees;
        }
        else
        {
            // A switch to another version is due to the operator.
            if (why == EarlierVersion) byOperator = k.Net;
            else missed = k.Quantity > 0 ? k.Net : -k.ModelNet;
            if (why.Length == 0) why = k.Quantity > 0 ? "filled, and the strategy's own account did not have it" : "not filled";
        }
        return new TradeGap(k.Strategy, k.Symbol, k.ModelQuantity > 0 ? k.ModelEntryTime : k.EntryTime, k.Net - (planned?.Net ?? 0), data,
            byOperator, weight, model, missed, timing, price, cost, why)
        { ExitTime = k.Quantity > 0 ? k.ExitTime : k.ModelExitTime };
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

    private static IEnumerable<Func<string, string>> Rows(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        if (!System.IO.File.Exists(path))
            throw new InputException($"{folder} has no {file}; name the folder of "
                + $"a {(file == File ? "live run" : "run that has \"portfolio_trades\" among its outputs")}");
        using var csv = new CsvReader(new StreamReader(path), new CsvConfiguration(CultureInfo.InvariantCulture));
        csv.Read();
        csv.ReadHeader();
        while (csv.Read()) yield return name => CsvText.Read(csv.GetField(name) ?? "");
    }

    private static double Number(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : 0;
}
