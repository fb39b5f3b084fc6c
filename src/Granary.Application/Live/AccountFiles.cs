using System.Globalization;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Granary.Application.Batches;
using Granary.Application.Verification;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Storage.Files;

namespace Granary.Application.Live;

/// <summary>
/// What a live session adds to its run's folder: account_trades.csv (the trades with the venue's fills), orders.csv and account.json.
/// </summary>
internal static class AccountFiles
{
    public static async Task WriteAsync(string folder, AccountLedger ledger, IOrderGateway gateway, LiveRequest request,
        Production production,
        LiveStatus status, LatencyRecorder latency, LiveHost host)
    {
        var skipped = new Dictionary<(string, int), string>();
        var facts = new List<object>();
        await foreach (var e in gateway.ReadAsync().ConfigureAwait(false))
        {
            switch (e)
            {
                case EntrySkipped s: skipped[(s.Strategy, s.Number)] = s.Why; break;
                case WeightsChanged w:
                    facts.Add(new
                    {
                        what = "weights",
                        at = RunText.Time(w.Instant),
                        version = w.Version,
                        w.Who,
                        w.Why
                    }); break;
                case EnablementChanged n:
                    facts.Add(new
                    {
                        what = n.Enabled ? "enabled" : "disabled",
                        at = RunText.Time(n.Instant),
                        n.Strategy,
                        n.Symbol,
                        n.Who,
                        n.Why
                    }); break;
                case SessionControlled c:
                    facts.Add(new
                    {
                        what = c.Command.ToString().ToLowerInvariant(),
                        at = RunText.Time(c.Instant),
                        c.Who,
                        c.Why
                    }); break;
                case Reconciled r: facts.Add(new { what = "reconciled", at = RunText.Time(r.Instant), r.Rule, r.Difference }); break;
                case SessionStarted s:
                    facts.Add(new
                    {
                        what = "started",
                        at = RunText.Time(s.Instant),
                        s.Host,
                        s.Process,
                        s.WithoutEvidence
                    }); break;
            }
        }
        AtomicFile.Write(Path.Combine(folder, "account_trades.csv"), writer => Trades(writer, ledger));
        AtomicFile.Write(Path.Combine(folder, "orders.csv"), writer => Orders(writer, ledger));
        AtomicFile.Write(Path.Combine(folder, LiveGap.File), writer => Gap(writer, host, skipped));
        AtomicFile.Write(Path.Combine(folder, "account.json"), JsonSerializer.SerializeToUtf8Bytes(new
        {
            configuration = production.Hash,
            productionRun = production.Digest,
            models = production.ModelVersions,
            broker = request.Broker,
            feed = request.Feed,
            journal = gateway.Name,
            withoutEvidence = !production.Verdict.IsSufficient,
            evidence = production.Verdict.Reasons,
            weights = production.Spec.Portfolio.FixedWeights,
            weightsVersion = status.WeightsVersion,
            cash = ledger.Cash,
            equity = status.AccountEquity,
            modelEquity = status.ModelEquity,
            fees = ledger.Fees,
            orders = ledger.TrackedOrders.Count,
            fills = ledger.Fills,
            rejected = status.Rejected,
            positions = status.Positions,
            skipped = skipped.Select(s => new { strategy = s.Key.Item1, number = s.Key.Item2, why = s.Value }),
            barToOrderMicroseconds = new
            {
                p50 = Finite(latency.Percentiles().P50),
                p99 = Finite(latency.Percentiles().P99),
                journalShare = Finite(latency.JournalShare)
            },
            notes = host.Notes,
            facts,
        }, Json));
    }

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static CsvWriter Csv(TextWriter writer, params string[] header)
    {
        var csv = new CsvWriter(writer, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen: true);
        foreach (var name in header) csv.WriteField(name);
        csv.NextRecord();
        return csv;
    }

    private static void Trades(TextWriter writer, AccountLedger ledger)
    {
        using var csv = Csv(writer, "strategy", "symbol", "number", "side", "quantity", "entry_time", "entry_price", "exit_time",
            "exit_price", "pnl", "fees", "pnl_net", "open", "exit_reason");
        foreach (var t in ledger.Trades.Values.OrderBy(t => t.EntryTime).ThenBy(t => t.Entry, StringComparer.Ordinal))
        {
            csv.WriteField(t.Strategy);
            csv.WriteField(t.Symbol);
            csv.WriteField(t.Number);
            csv.WriteField(t.Side == Side.Buy ? "long" : "short");
            csv.WriteField(RunText.Number(t.Quantity));
            csv.WriteField(RunText.Time(t.EntryTime));
            csv.WriteField(RunText.Number(t.EntryPrice));
            csv.WriteField(t.ExitTime > 0 ? RunText.Time(t.ExitTime) : "");
            csv.WriteField(t.ExitPrice > 0 ? RunText.Number(t.ExitPrice) : "");
            csv.WriteField(RunText.Number(t.Profit));
            csv.WriteField(RunText.Number(t.Fees));
            csv.WriteField(RunText.Number(t.Profit - t.Fees));
            csv.WriteField(RunText.Number(t.Open));
            csv.WriteField(t.State == TradeState.Closed ? t.Why : "open");
            csv.NextRecord();
        }
    }

    // Each trade as the portfolio had it, with the strategies' simulated fills, beside what the account made of it.
    private static void Gap(TextWriter writer, LiveHost host, Dictionary<(string, int), string> skipped)
    {
        using var csv = Csv(writer, "strategy", "symbol", "number", "side", "multiplier", "weight", "model", "model_quantity",
            "model_entry_time", "model_entry_price", "model_exit_time", "model_exit_price", "model_net", "model_fees",
            "account_quantity", "account_entry_time", "account_entry_price", "account_exit_time", "account_exit_price", "account_net",
            "account_fees", "why");
        var account = host.Ledger.Trades.Values.ToDictionary(t => (t.Strategy, t.Number));
        var rejected = host.Ledger.TrackedOrders.Where(t => t.Order.Closes is null && !(t.Filled > 0) && t.State.IsFinal())
            .ToDictionary(t => (t.Strategy, t.Intent.Trade));
        foreach (var (strategy, model, trade) in host.PortfolioTrades)
        {
            var key = (strategy.Id, trade.Trade.Number);
            account.Remove(key, out var own);
            var why = own is not null ? ""
                : skipped.GetValueOrDefault(key)
                    ?? (rejected.TryGetValue(key, out var order)
                        ? $"{(order.State == OrderState.Closed ? order.Ended : order.State).ToString().ToLowerInvariant()}: {order.Reason}" : "");
            var symbol = strategy.Symbols[trade.Trade.SymbolIndex];
            Row(strategy.Id, symbol, trade.Trade.Number, trade.Trade.Side, trade.Weight, model, trade.Trade, own, why);
        }
        foreach (var own in account.Values.OrderBy(t => t.EntryTime).ThenBy(t => t.Entry, StringComparer.Ordinal))
            Row(own.Strategy, own.Symbol, own.Number, own.Side, double.NaN, null, null, own, "");

        void Row(string strategy, string symbol, int number, Side side, double weight, string? model, Trade? planned, AccountTrade? own,
            string why)
        {
            var multiplier = host.InstrumentOf(symbol).Multiplier;
            csv.WriteField(strategy);
            csv.WriteField(symbol);
            csv.WriteField(number);
            csv.WriteField(side == Side.Buy ? "long" : "short");
            csv.WriteField(RunText.Number(multiplier));
            csv.WriteField(RunText.Number(weight));
            csv.WriteField(model ?? "");
            csv.WriteField(planned is { } p ? RunText.Number(p.Quantity) : "");
            csv.WriteField(planned is { } p1 ? RunText.Time(p1.EntryTime) : "");
            csv.WriteField(planned is { } p2 ? RunText.Number(p2.EntryPrice) : "");
            csv.WriteField(planned is { } p3 ? RunText.Time(p3.ExitTime) : "");
            csv.WriteField(planned is { } p4 ? RunText.Number(p4.ExitPrice) : "");
            csv.WriteField(planned is { } p5 ? RunText.Number(p5.NetProfit) : "");
            csv.WriteField(planned is { } p6 ? RunText.Number(p6.Profit - p6.NetProfit) : "");
            // What is open is closed at the last mark, as the portfolio's is.
            var last = host.LastOf(symbol);
            var exit = own is null ? 0 : own.Open > 0
                ? (own.ExitPrice * (own.Quantity - own.Open) + (last?.Close ?? own.EntryPrice) * own.Open) / own.Quantity : own.ExitPrice;
            var gross = own is null ? 0 : (int)own.Side * (exit - own.EntryPrice) * own.Quantity * multiplier;
            csv.WriteField(own is null ? "" : RunText.Number(own.Quantity));
            csv.WriteField(own is null ? "" : RunText.Time(own.EntryTime));
            csv.WriteField(own is null ? "" : RunText.Number(own.EntryPrice));
            csv.WriteField(own is null ? "" : RunText.Time(own.Open > 0 ? last?.Time ?? own.EntryTime : own.ExitTime));
            csv.WriteField(own is null ? "" : RunText.Number(exit));
            csv.WriteField(own is null ? "" : RunText.Number(gross - own.Fees));
            csv.WriteField(own is null ? "" : RunText.Number(own.Fees));
            csv.WriteField(why);
            csv.NextRecord();
        }
    }

    private static void Orders(TextWriter writer, AccountLedger ledger)
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
            csv.WriteField(RunText.Time(t.Order.CreatedAt));
            csv.NextRecord();
        }
    }
}
