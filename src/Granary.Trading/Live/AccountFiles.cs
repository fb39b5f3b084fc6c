using System.Text.Json;
using Granary.Backtesting.Verification;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
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
    public const string EquityFile = AccountTables.Equity + ".csv";

    // The journal entries that the files contain: skipped entries, commands and reconciliations, among others.
    /// <summary>The kinds of entries that say nothing about differences of the account from its portfolio.</summary>
    public static readonly IReadOnlyList<string> BesideReport = JournalKinds.AllBut(nameof(EntrySkipped), nameof(WeightsChanged),
        nameof(EnablementChanged), nameof(SessionControlled), nameof(Reconciled), nameof(DeploymentSwitched), nameof(SessionStarted),
        nameof(ModelChanged), nameof(PolicyChanged), nameof(SignalDecided), nameof(OrderIntended));

    /// <param name="folder">The session's folder.</param>
    /// <param name="host">The host, after its run.</param>
    public static async Task WriteAsync(string folder, AccountJournal journal, LiveRequest request, Production production, LiveHost host)
    {
        // Other commands read these tables as CSV.
        var formats = production.Spec.OutputFormats.Prepend(CsvFormat.Instance).Distinct();
        var (ledger, status, latency) = (host.Ledger, host.Status, host.Latency);
        var timeframe = production.Spec.Data.Timeframe;
        var reasons = new DivergenceReasons(host, timeframe);
        var facts = new List<object>();
        await foreach (var entry in journal.ReadAsync(new JournalQuery { Without = BesideReport }).ConfigureAwait(false))
        {
            var e = JournalCodec.Decode(entry);
            reasons.Take(e);
            if (FactOf(e, timeframe) is { } fact) facts.Add(fact);
        }
        var isConverted = ledger.Balances.Count > 0;
        foreach (var (name, table) in ((string, Table)[])[
            (AccountTables.Trades, (isConverted ? AccountTables.ConvertedTrade : AccountTables.Trade).Of(Counted(host))),
            (AccountTables.Equity, AccountTables.Mark.Of(host.AccountEquity)),
            (AccountTables.Orders, AccountTables.OrdersOf(ledger, timeframe)),
            (AccountTables.Gap, (isConverted ? AccountTables.ConvertedRow : AccountTables.DivergenceRow)
                .Of(DivergenceRows(host, host.PortfolioTrades, reasons)))])
            foreach (var format in formats)
                AtomicFile.Write(Path.Combine(folder, name + format.Extension), (Stream stream) => table.Write(format, stream));
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
            currency = production.Spec.Data.AccountCurrency,
            cash = ledger.Cash,
            balances = isConverted ? ledger.Balances.Select(b => new { b.Currency, b.Amount, b.Rate }) : null,
            equity = status.AccountEquity,
            modelEquity = status.ModelEquity,
            fees = ledger.Fees,
            financing = ledger.Financing,
            funding = ledger.Funding,
            orders = ledger.TrackedOrders.Count,
            fills = ledger.Fills,
            rejected = status.Rejected,
            positions = status.Positions,
            skipped = reasons.Skipped.Select(s => new { strategy = s.Key.Strategy, number = s.Key.Number, why = s.Value }),
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

    private static IEnumerable<CountedTrade> Counted(LiveHost host) =>
        host.Ledger.Trades.Values.OrderBy(t => t.EntryTime).ThenBy(t => t.Order).Select(t => new CountedTrade(t,
            host.InstrumentOf(t.Symbol).Currency, t.State == TradeState.Closed ? t.Rate : host.Ledger.RateOf(t.Symbol)));

    /// <summary>Adds an event to the facts by which a session differs from a backtest of its bars.</summary>
    public static void Add(SessionFacts facts, JournalEvent e, Timeframe timeframe)
    {
        if (FactOf(e, timeframe) is { } fact)
            facts.Add(JsonPart.Parse("account.json", JsonSerializer.SerializeToUtf8Bytes(fact, Json)));
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
            SessionControlled { Trade: null, Order: null } c => new { what = SessionWords.Of(c.Command), at, c.Who, c.Why },
            SessionControlled c => new { what = SessionWords.Of(c.Command), at, c.Who, c.Why, c.Trade, c.Order },
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
            SessionStarted s => new { what = "started", at, s.Host, s.Process, s.WithoutEvidence, s.Program },
            ModelChanged m => new { what = "model", at, m.Model, m.Version },
            PolicyChanged p => new { what = "policy", at, p.Model, p.Version },
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

    /// <summary>Returns the trades of a session's portfolio with its account's.</summary>
    /// <param name="planned">The trades of the portfolio; open ones last.</param>
    public static IEnumerable<DivergenceRow> DivergenceRows(LiveHost host, IEnumerable<PortfolioTrade> planned, DivergenceReasons reasons)
    {
        // Two configurations may number the trades of a strategy alike.
        var others = host.Ledger.Trades.Values.Where(t => host.Handed.IsEarlier(t.Entry)).ToList();
        var account = new Dictionary<(string, int), AccountTrade>();
        foreach (var own in host.Ledger.Trades.Values.Where(t => !host.Handed.IsEarlier(t.Entry)))
            if (reasons.NumberOf(own) is not { } number || !account.TryAdd((own.Strategy, number), own)) others.Add(own);
        List<PortfolioTrade> trades = [.. planned];
        // A trade that was closed in part and is open at the end is two trades of the portfolio, and so of the account.
        var parted = trades.GroupBy(t => (t.Member, t.Trade.Number)).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        foreach (var trade in trades)
        {
            var strategy = host.StrategyOf(trade);
            var part = !parted.Contains((trade.Member, trade.Trade.Number)) ? DivergencePart.Whole
                : trade.Trade.Reason == ExitReason.Open ? DivergencePart.Open : DivergencePart.Closed;
            var traded = account.GetValueOrDefault((strategy.Id, trade.Trade.Number));
            if (part != DivergencePart.Closed) account.Remove((strategy.Id, trade.Trade.Number));
            var symbol = strategy.Symbols[trade.Trade.SymbolIndex];
            var row = new DivergenceRow(strategy.Id, symbol, trade.Trade.Number, trade.Trade.Side)
            {
                Multiplier = host.InstrumentOf(symbol).Multiplier,
                RateNow = host.Ledger.RateOf(symbol),
                Last = host.LastOf(symbol),
                Weight = trade.Weight,
                Timeframe = strategy.Timeframe,
                Model = strategy.Model?.Name,
                Planned = trade.Trade,
                Own = traded,
                Part = part,
            };
            yield return traded is null ? reasons.OnlyPlanned(row)
                : row.Quantity > 0 ? reasons.Both(row)
                : row with
                {
                    Own = null,
                    Cause = DivergenceCauses.MissedFill,
                    Why = $"the account has no {DivergenceRow.Of(part)} part of it",
                };
        }
        foreach (var other in account.Values.Concat(others).OrderBy(t => t.EntryTime).ThenBy(t => t.Order))
            yield return reasons.OnlyTraded(new DivergenceRow(other.Strategy, other.Symbol, other.Number, other.Side)
            {
                Multiplier = host.InstrumentOf(other.Symbol).Multiplier,
                RateNow = host.Ledger.RateOf(other.Symbol),
                Last = host.LastOf(other.Symbol),
                Own = other,
            });
    }
}
