using System.Globalization;
using System.Text.Json;
using CsvHelper;
using Granary.Backtesting.Verification;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Storage.Files;

namespace Granary.Trading.Live;

/// <summary>
/// Writes the files that a live session adds to its run's folder: account_trades.csv (the trades with the venue's fills),
/// account_equity.csv, orders.csv and account.json.
/// </summary>
internal static class AccountFiles
{
    /// <summary>Equity of the account by bar, with the broker's fills.</summary>
    public const string EquityFile = "account_equity.csv";

    // The journal entries that the files contain: skipped entries, commands and reconciliations, among others.
    private static readonly IReadOnlyList<string> BesideReport = JournalKinds.AllBut(nameof(EntrySkipped), nameof(WeightsChanged),
        nameof(EnablementChanged), nameof(SessionControlled), nameof(Reconciled), nameof(DeploymentSwitched), nameof(SessionStarted));

    /// <param name="folder">The session's folder.</param>
    /// <param name="host">The host, after its run.</param>
    public static async Task WriteAsync(string folder, AccountJournal journal, LiveRequest request, Production production, LiveHost host)
    {
        var (ledger, status, latency) = (host.Ledger, host.Status, host.Latency);
        var timeframe = production.Spec.Data.Timeframe;
        var skipped = new Dictionary<(string, int), string>();
        var facts = new List<object>();
        await foreach (var entry in journal.ReadAsync(new JournalQuery { Without = BesideReport }).ConfigureAwait(false))
        {
            var e = JournalCodec.Decode(entry);
            if (e is EntrySkipped s) skipped[(s.Strategy, s.Number)] = s.Why;
            else if (FactOf(e, timeframe) is { } fact) facts.Add(fact);
        }
        AtomicFile.Write(Path.Combine(folder, "account_trades.csv"), writer => Trades(writer, ledger));
        AtomicFile.Write(Path.Combine(folder, EquityFile), writer => Equity(writer, host.AccountEquity));
        AtomicFile.Write(Path.Combine(folder, "orders.csv"), writer => Orders(writer, ledger, timeframe));
        AtomicFile.Write(Path.Combine(folder, LiveGap.File), writer => Gap(writer, host, skipped));
        AtomicFile.Write(Path.Combine(folder, "account.json"), JsonSerializer.SerializeToUtf8Bytes(new
        {
            configuration = production.Hash,
            productionRun = production.Digest,
            models = production.ModelVersions,
            broker = request.Broker,
            feed = request.Feed.ToString(),
            journal = production.Spec.Catalogues.Shown(journal.Name),
            withoutEvidence = !production.Verdict.MayBeTraded,
            evidence = production.Verdict.Reasons,
            weights = production.Spec.Portfolio.FixedWeights,
            weightsVersion = status.WeightsVersion,
            cash = ledger.Cash,
            equity = status.AccountEquity,
            modelEquity = status.ModelEquity,
            fees = ledger.Fees,
            financing = ledger.Financing,
            funding = ledger.Funding,
            orders = ledger.TrackedOrders.Count,
            fills = ledger.Fills,
            rejected = status.Rejected,
            positions = status.Positions,
            skipped = skipped.Select(s => new { strategy = s.Key.Item1, number = s.Key.Item2, why = s.Value }),
            barToOrderMicroseconds = new
            {
                p50 = JsonNumber.Finite(latency.Percentiles().P50),
                p99 = JsonNumber.Finite(latency.Percentiles().P99),
                journalShare = JsonNumber.Finite(latency.JournalShare)
            },
            notes = host.Notes.Select(production.Spec.Catalogues.Shown),
            facts,
        }, Json));
    }

    // Returns the entry of an event in account.json; null to omit it. Without a bar before it, it has no time.
    private static object? FactOf(JournalEvent e, Timeframe timeframe)
    {
        var at = e.Timestamp > 0 ? RunText.Time(FactTime.Of(e, timeframe)) : null;
        return e switch
        {
            WeightsChanged w => new { what = "weights", at, version = w.Version, w.Who, w.Why },
            EnablementChanged n => new
            {
                what = n.Enabled ? "enabled" : "disabled",
                at,
                n.Strategy,
                n.Symbol,
                n.Who,
                n.Why
            },
            SessionControlled c => new { what = c.Command.ToString().ToLowerInvariant(), at, c.Who, c.Why },
            Reconciled r => new { what = "reconciled", at, r.Rule, r.Difference },
            DeploymentSwitched d => new
            {
                what = "switched",
                at,
                deployment = d.Version,
                d.Policy,
                d.Who,
                d.Why,
                trades = d.Trades.Select(t => new { t.Strategy, t.Symbol, t.Entry, t.Handling }),
            },
            SessionStarted s => new { what = "started", at, s.Host, s.Process, s.WithoutEvidence },
            _ => null,
        };
    }

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static CsvWriter Csv(TextWriter writer, params string[] header)
    {
        var csv = CsvText.Open(writer);
        foreach (var name in header) csv.WriteField(name);
        csv.NextRecord();
        return csv;
    }

    private static void Equity(TextWriter writer, IReadOnlyList<EquityMark> marks)
    {
        using var csv = Csv(writer, "time", "equity", "drawdown");
        foreach (var mark in marks)
        {
            Fields(csv, RunText.Time(mark.Time), RunText.Number(mark.Equity), RunText.Number(mark.Drawdown));
            csv.NextRecord();
        }
    }

    private static void Trades(TextWriter writer, AccountLedger ledger)
    {
        using var csv = Csv(writer, "strategy", "symbol", "number", "side", "quantity", "entry_time", "entry_price", "exit_time",
            "exit_price", "pnl", "fees", "pnl_net", "open", "exit_reason", "financing");
        foreach (var t in ledger.Trades.Values.OrderBy(t => t.EntryTime).ThenBy(t => t.Order))
        {
            csv.WriteField(t.Strategy);
            csv.WriteField(t.Symbol);
            csv.WriteField(t.Number);
            csv.WriteField(SideOf(t.Side));
            csv.WriteField(RunText.Number(t.Quantity));
            csv.WriteField(RunText.Time(t.EntryTime));
            csv.WriteField(RunText.Number(t.EntryPrice));
            csv.WriteField(t.ExitTime > 0 ? RunText.Time(t.ExitTime) : "");
            csv.WriteField(t.ExitPrice > 0 ? RunText.Number(t.ExitPrice) : "");
            csv.WriteField(RunText.Number(t.Profit));
            csv.WriteField(RunText.Number(t.Fees));
            csv.WriteField(RunText.Number(t.Profit - t.Fees + t.Financing));
            csv.WriteField(RunText.Number(t.Open));
            csv.WriteField(t.State == TradeState.Closed ? t.Why : "open");
            csv.WriteField(RunText.Number(t.Financing));
            csv.NextRecord();
        }
    }

    // A trade of the portfolio with simulated fills, and the corresponding trade of the account.
    private sealed record GapRow(string Strategy, string Symbol, int Number, Side Side)
    {
        public double Weight { get; init; } = double.NaN;

        public string Model { get; init; } = "";

        /// <summary>The portfolio's trade; null if only the account has it.</summary>
        public Trade? Planned { get; init; }

        /// <summary>The account's trade; null if the account never traded it.</summary>
        public AccountTrade? Own { get; init; }

        public string Why { get; init; } = "";
    }

    private static IEnumerable<GapRow> GapRows(LiveHost host, Dictionary<(string, int), string> skipped)
    {
        // Two configurations may number the trades of a strategy alike.
        var (earlier, own) = (host.Ledger.Trades.Values.Where(t => host.Handed.IsEarlier(t.Entry)).ToList(),
            host.Ledger.Trades.Values.Where(t => !host.Handed.IsEarlier(t.Entry)));
        var account = own.ToDictionary(t => (t.Strategy, t.Number));
        var rejected = host.Ledger.TrackedOrders.Where(t => t.Order.Closes is null && !(t.Filled > 0) && t.State.IsFinal()
            && !host.Handed.IsEarlier(t.Order.ClientId)).ToDictionary(t => (t.Strategy, t.Intent.Trade));
        string WhyNot((string, int) trade) => skipped.GetValueOrDefault(trade) ?? (rejected.TryGetValue(trade, out var order)
            ? $"{(order.State == OrderState.Closed ? order.Ended : order.State).ToString().ToLowerInvariant()}: {order.Reason}" : "");
        foreach (var (strategy, model, trade) in host.PortfolioTrades)
        {
            var key = (strategy.Id, trade.Trade.Number);
            account.Remove(key, out var traded);
            yield return new GapRow(strategy.Id, strategy.Symbols[trade.Trade.SymbolIndex], trade.Trade.Number, trade.Trade.Side)
            {
                Weight = trade.Weight,
                Model = model ?? "",
                Planned = trade.Trade,
                Own = traded,
                Why = traded is not null ? "" : WhyNot(key),
            };
        }
        foreach (var other in account.Values.Concat(earlier).OrderBy(t => t.EntryTime).ThenBy(t => t.Order))
            yield return new GapRow(other.Strategy, other.Symbol, other.Number, other.Side)
            {
                Own = other,
                Why = host.Handed.IsEarlier(other.Entry) ? LiveGap.EarlierVersion : "",
            };
    }

    private static void Gap(TextWriter writer, LiveHost host, Dictionary<(string, int), string> skipped)
    {
        using var csv = Csv(writer, "strategy", "symbol", "number", "side", "multiplier", "weight", "model", "model_quantity",
            "model_entry_time", "model_entry_price", "model_exit_time", "model_exit_price", "model_net", "model_fees",
            "account_quantity", "account_entry_time", "account_entry_price", "account_exit_time", "account_exit_price", "account_net",
            "account_fees", "why");
        foreach (var row in GapRows(host, skipped))
        {
            var multiplier = host.InstrumentOf(row.Symbol).Multiplier;
            Fields(csv, row.Strategy, row.Symbol, row.Number.ToString(CultureInfo.InvariantCulture), SideOf(row.Side),
                RunText.Number(multiplier), RunText.Number(row.Weight), row.Model);
            if (row.Planned is { } p)
                Fields(csv, RunText.Number(p.Quantity), RunText.Time(p.EntryTime), RunText.Number(p.EntryPrice), RunText.Time(p.ExitTime),
                    RunText.Number(p.ExitPrice), RunText.Number(p.NetProfit), RunText.Number(p.Profit - p.NetProfit));
            else
                Fields(csv, "", "", "", "", "", "", "");
            if (row.Own is { } own) Account(csv, own, host.LastOf(row.Symbol), multiplier);
            else Fields(csv, "", "", "", "", "", "", "");
            csv.WriteField(row.Why);
            csv.NextRecord();
        }
    }

    // Open trades are valued at the last mark, like those of the portfolio.
    private static void Account(CsvWriter csv, AccountTrade own, Bar? last, double multiplier)
    {
        var exit = own.Open > 0
            ? (own.ExitPrice * (own.Quantity - own.Open) + (last?.Close ?? own.EntryPrice) * own.Open) / own.Quantity : own.ExitPrice;
        var gross = (int)own.Side * (exit - own.EntryPrice) * own.Quantity * multiplier;
        Fields(csv, RunText.Number(own.Quantity), RunText.Time(own.EntryTime), RunText.Number(own.EntryPrice),
            RunText.Time(own.Open > 0 ? last?.Time ?? own.EntryTime : own.ExitTime), RunText.Number(exit),
            RunText.Number(gross - own.Fees + own.Financing), RunText.Number(own.Fees - own.Financing));
    }

    private static void Fields(CsvWriter csv, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
    }

    private static string SideOf(Side side) => side == Side.Buy ? "long" : "short";

    private static void Orders(TextWriter writer, AccountLedger ledger, Timeframe timeframe)
    {
        using var csv = Csv(writer, "client_id", "venue_id", "strategy", "symbol", "trade", "role", "side", "type", "quantity", "filled",
            "state", "ended", "reason", "created");
        foreach (var t in ledger.TrackedOrders)
        {
            csv.WriteField(t.Order.ClientId);
            csv.WriteField(t.VenueId);
            csv.WriteField(t.Strategy);
            csv.WriteField(t.Order.Symbol);
            csv.WriteField(t.Intent.Trade);
            csv.WriteField(t.Intent.Role.ToString().ToLowerInvariant());
            csv.WriteField(t.Order.Side == Side.Buy ? "buy" : "sell");
            csv.WriteField(t.Order.Type.ToString().ToLowerInvariant());
            csv.WriteField(RunText.Number(t.Order.Quantity));
            csv.WriteField(RunText.Number(t.Filled));
            csv.WriteField(t.Unknown ? "unknown" : t.State.ToString().ToLowerInvariant());
            csv.WriteField(t.State == OrderState.Closed ? t.Ended.ToString().ToLowerInvariant() : "");
            csv.WriteField(t.Reason);
            csv.WriteField(RunText.Time(FactTime.Of(t.Order.CreatedAt, timeframe)));
            csv.NextRecord();
        }
    }
}
