using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Contracts.Deployments;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Deployments;
using Granary.Trading.Live;
using Granary.Trading.Parity;
using Granary.Trading.Tests.Live;

namespace Granary.Trading.Tests.Parity;

/// <summary>A session over samples with a journal of its own, whose days a test compares with other bars.</summary>
internal sealed class ParityUnderTest : IDisposable
{
    public const string Last = "2022-01-15";

    public SessionUnderTest Session { get; } = new();

    public string Folder => Session.Folder;

    public string State => Path.Combine(Folder, "state");

    public void Dispose() => Session.Dispose();

    public Task<BatchRun> BacktestAsync(string strategies = SessionUnderTest.Strategies) => Session.BacktestAsync(strategies, to: Last);

    /// <summary>
    /// Backtests strategies of hours and of four hours. In winter the last of the four-hour bars is cut by the session's close.
    /// </summary>
    public Task<BatchRun> LongerBarsAsync() => Session.BacktestAsync("""
        { "class": "SmaCross", "params": { "fast": [3, 5], "slow": [8, 13, 20] }, "timeframe": ["1h", "4h"],
          "size": { "percentOfEquity": 5 } }
        """, """["ACME", "DUNE"]""", Last, """, "portfolio": { "weights": "equal" }""");

    /// <summary>Trades up to a time, from where the journal ends.</summary>
    public Task<LiveRun> TradeAsync(BatchRun backtest, string paper = "", string? bars = null, string to = Last) =>
        Session.LiveAsync(backtest, Path.GetRandomFileName(), r => r with
        {
            State = State,
            BrokerOptions = paper.Length > 0 ? paper : null,
            Feed = Address.Parse(bars?.Contains(':', StringComparison.Ordinal) == true ? bars : "csv:" + (bars ?? SessionUnderTest.Bars)),
            To = Ticks(to),
            ChangedBars = "keep",
        });

    public static long Ticks(string day) => DateTime.Parse(day, CultureInfo.InvariantCulture).Ticks;

    /// <summary>Sends a command that the next session takes at its start.</summary>
    public void Command(IssuedCommand command) =>
        SessionControl.Send(Path.Combine(State, "control"), command, TimeProvider.System.GetUtcNow());

    /// <summary>The journal that is compared; null = that of the session.</summary>
    public string? Compared { get; set; }

    public Task<IReadOnlyList<ParityRecord>> CompareAsync(BatchRun backtest, string? bars = null, string? day = null,
        DeploymentBook? book = null, TimeProvider? clock = null, bool now = false, string? production = null)
    {
        var file = production ?? Path.Combine(backtest.Folder, "prod.json");
        var start = new SessionStart(new SessionOptions { Feed = Address.Parse("csv:" + SessionUnderTest.Bars) }, File.ReadAllBytes(file),
            file, backtest.Folder);
        var store = AccountStores.Open(Address.Parse(Compared ?? State), one: true);
        return new AccountParity(store, TestCatalogues.All, clock ?? TimeProvider.System).CompareAsync(new ParityRequest
        {
            Account = "live",
            Bars = bars is null ? null : Address.Parse("csv:" + bars),
            Day = day is null ? null : DateOnly.Parse(day, CultureInfo.InvariantCulture),
            Now = now,
        }, start, book, cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>Copies the sample bars, and lets a test change the rows of one symbol: time and values.</summary>
    public string BarsWith(string name, string symbol, Func<string[], string[]?> change)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        foreach (var file in Directory.EnumerateFiles(SessionUnderTest.Bars))
        {
            var lines = File.ReadLines(file);
            if (Path.GetFileName(file).StartsWith(symbol, StringComparison.Ordinal))
                lines = lines.Take(1).Concat(lines.Skip(1).Select(l => change(l.Split(','))).OfType<string[]>()
                    .Select(f => string.Join(',', f)));
            File.WriteAllLines(Path.Combine(folder, Path.GetFileName(file)), lines);
        }
        return folder;
    }

    /// <summary>The entries of the journal as JSON, read without the product's types.</summary>
    public IReadOnlyList<(string Kind, string Strategy, string Symbol, JsonNode Body)> Entries(string? state = null) =>
        [.. FileJournal.Peek(state ?? State, new JournalQuery()).Select(e => (e.Kind, e.Strategy, e.Symbol, JsonNode.Parse(e.Body.Span)!))];

    /// <summary>Writes the journal again, with other events.</summary>
    /// <param name="change">Returns the event to write in the place of one; null to leave it out.</param>
    public async Task<string> RewriteAsync(Func<JournalEvent, JournalEvent?> change)
    {
        var state = Path.Combine(Folder, Path.GetRandomFileName());
        await using var journal = new AccountJournal(FileJournal.Open(state, TimeProvider.System), TimeProvider.System);
        foreach (var entry in FileJournal.Peek(State, new JournalQuery()))
            if (change(JournalCodec.Decode(entry)) is { } e)
                await journal.NoteAsync(e);
        await journal.FlushAsync(CancellationToken.None);
        return state;
    }

    // A fact from before the first bar has the number 0 as its time.
    private static bool IsUntil(JsonNode time, string end) => time.GetValueKind() == System.Text.Json.JsonValueKind.Number
        || string.CompareOrdinal((string)time!, end) <= 0;

    /// <summary>Equity of the account by the fills of its journal, at the closes of the last bars until a time.</summary>
    /// <param name="end">The last market time, as 2022-01-05T00:00:00.</param>
    public double EquityOf(string end, string? state = null)
    {
        var until = end + "Z";
        var (cash, held, close) = (100_000.0, new Dictionary<string, double>(), new Dictionary<string, double>());
        foreach (var (kind, _, _, body) in Entries(state).Where(e => IsUntil(e.Body["instant"]!, until)))
        {
            if (kind == "BarsTaken")
                foreach (var bar in body["bars"]!.AsArray())
                    close[(string)bar!["symbol"]!] = (double)bar["bar"]!["close"]!;
            if (kind != "VenueReported" || body["event"]!["fill"] is not { } fill) continue;
            var quantity = (string?)fill["side"] is "Buy" or "buy" ? (double)fill["quantity"]! : -(double)fill["quantity"]!;
            cash -= quantity * (double)fill["price"]! + (double)fill["fee"]!;
            var symbol = (string)fill["symbol"]!;
            held[symbol] = held.GetValueOrDefault(symbol) + quantity;
        }
        return cash + held.Sum(h => h.Value * close[h.Key]);
    }
}
