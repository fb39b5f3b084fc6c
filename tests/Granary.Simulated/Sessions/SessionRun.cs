using Granary.Contracts.Weights;
using Granary.Data.Brokers;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Simulated.Kernel;
using Granary.Simulation.Passes;
using Granary.Simulation.Weights;
using Granary.Trading.Live;

namespace Granary.Simulated.Sessions;

/// <summary>What the processes of a seed share, and what the oracles need to know.</summary>
internal sealed class SessionRun : IWeightsService
{
    public const string Account = "main", Venue = "main.paper-venue";

    private readonly Dictionary<(string Account, long Sequence), JournalEntry> _acknowledged = [];
    private readonly Draws _latencies;
    private readonly TimeSpan _slowest;
    private readonly List<PortfolioWeights> _weights = [];
    // The index of the entry of each intended order, of as many entries as were read.
    private readonly Dictionary<string, int> _intended = new(StringComparer.Ordinal);
    private int _read;

    /// <param name="world">The run.</param>
    /// <param name="onDisk">Whether the journals are files, and not in a database.</param>
    public SessionRun(World world, bool onDisk)
    {
        World = world;
        if (onDisk) Files = new SessionFiles(world);
        var draws = world.Draws.Fork("sessions");
        (Choices, _latencies) = (draws.Fork("choices"), draws.Fork("latencies"));
        Traded = draws.Pick(TradedPlan.All);
        Market = new DrawnMarket(draws.Fork("market"), Traded.Instruments);
        Database = new SimulatedDatabase(world);
        (Lost, Repeated, Late) = (draws.Rate(0.2), draws.Rate(0.5), draws.Rate(0.2));
        _slowest = draws.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(200));
        IsStream = draws.Chance(0.5);
        Reconcile = draws.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        Paper = new PaperSettings
        {
            Seed = draws.Next(),
            Latency = draws.Chance(0.5) ? draws.Between(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(40)) : default,
            RejectShare = draws.Rate(0.3),
            PartialShare = draws.Rate(0.8),
        };
    }

    public World World { get; }

    /// <summary>Draws that belong to faults.</summary>
    public Draws Choices { get; }

    public TradedPlan Traded { get; }

    public DrawnMarket Market { get; }

    public SimulatedDatabase Database { get; }

    /// <summary>The journals in files; null if the database has them.</summary>
    public SessionFiles? Files { get; }

    /// <summary>The entries that the next process would find.</summary>
    public IReadOnlyList<JournalEntry> EntriesOf(string account) => Files?.Entries(account) ?? Database.Of(account).Entries;

    public PaperSettings Paper { get; }

    /// <summary>The probabilities of a lost request or answer, of repeated events, and of late events of the venue.</summary>
    public double Lost { get; }

    public double Repeated { get; }

    public double Late { get; }

    /// <summary>Whether the bars must be durable because the feed may not repeat them.</summary>
    public bool IsStream { get; }

    public TimeSpan Reconcile { get; }

    /// <summary>Why the numbers of the account may differ from those of the undisturbed run; null if they may not.</summary>
    public string? Touched { get; private set; }

    /// <summary>Whether the operator changed what the strategies or the portfolio do.</summary>
    public bool IsOperated { get; set; }

    /// <summary>The acknowledged entries.</summary>
    public IReadOnlyDictionary<(string Account, long Sequence), JournalEntry> Acknowledged => _acknowledged;

    public void Touch(string why) => Touched ??= why;

    public TimeSpan Latency() => _latencies.Between(TimeSpan.FromMicroseconds(100), _slowest);

    /// <summary>Notes entries that a session takes for durable.</summary>
    public void Acknowledge(string account, IReadOnlyList<JournalEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (_acknowledged.TryGetValue((account, entry.Sequence), out var before) && !IsSame(before, entry))
                throw new OracleException("acknowledged entries survive",
                    $"entry {entry.Sequence} of {account} was acknowledged as {before.Kind} and as {entry.Kind}");
            _acknowledged[(account, entry.Sequence)] = entry;
            if (Files is not null && entry.Kind == nameof(OrderIntended)) Intend(entry, (int)entry.Sequence);
        }
    }

    /// <summary>Whether two entries state the same fact.</summary>
    public static bool IsSame(JournalEntry a, JournalEntry b) =>
        (a.Sequence, a.At, a.Kind, a.Strategy, a.Symbol) == (b.Sequence, b.At, b.Kind, b.Strategy, b.Symbol)
        && a.Body.Span.SequenceEqual(b.Body.Span);

    /// <summary>The client ids of all orders that the journal has.</summary>
    public IEnumerable<string> Intended
    {
        get
        {
            if (Files is null) ReadIntents(Database.Of(Account).Entries);
            return _intended.Keys;
        }
    }

    private void ReadIntents(List<JournalEntry> entries)
    {
        for (; _read < entries.Count; _read++)
            if (entries[_read] is { Kind: nameof(OrderIntended) } entry)
                Intend(entry, _read);
    }

    private void Intend(JournalEntry entry, int index) => _intended[((OrderIntended)JournalCodec.Decode(entry)).Order.ClientId] = index;

    /// <summary>An order reaches the venue.</summary>
    public void Arrives(BrokerOrder order, SimulatedProcess sender)
    {
        var rows = Database.Of(Account);
        if (Files is null) ReadIntents(rows.Entries);
        if (!_intended.TryGetValue(order.ClientId, out var intended))
            World.Break(new OracleException("intent first", $"order {order.ClientId} arrived, and no journal has it"));
        // A fenced owner may still send what it had written while it had the lease.
        else if (rows.Leases.FindLastIndex(l => l.Process == sender) is >= 0 and var later && later + 1 < rows.Leases.Count
            && intended >= rows.Leases[later + 1].Entries)
            World.Break(new OracleException("one trader",
                $"{sender.Name} sent {order.ClientId}, which {rows.Leases[later + 1].Process.Name} has written"));
    }

    public void Put(IReadOnlyDictionary<string, double> weights, DateTimeOffset now) =>
        _weights.Add(new PortfolioWeights(Account, _weights.Count + 1, weights, "operator", "drawn", now));

    public ValueTask<PortfolioWeights?> FindAsync(string portfolio, CancellationToken cancellationToken = default) =>
        new(_weights.LastOrDefault());

    public ValueTask<PortfolioWeights> SetAsync(string portfolio, long expectedVersion, IReadOnlyDictionary<string, double> weights,
        string who, string why, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<PortfolioWeights>> HistoryAsync(string portfolio, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Runs a session without faults, latency or commands.</summary>
    public async Task<SessionResult> UndisturbedAsync()
    {
        var clock = World.Outside.Clock;
        var venue = await PaperBroker.OpenAsync(Paper with { Cash = Traded.Spec.Cash }, Traded.Spec.Execution.Settings,
            Traded.Instruments.ToDictionary(i => i.Symbol, StringComparer.Ordinal), new MemoryJournal(), clock).ConfigureAwait(false);
        await using var journal = new AccountJournal(new MemoryJournal(), clock);
        var result = await TradeAsync(new TradingAccount(journal, venue), AccountPast.Of([]), null, 0,
            new LiveOptions { Account = Account, Configuration = "simulated" }, default).ConfigureAwait(false);
        await result.SettleAsync(venue).ConfigureAwait(false);
        return result;
    }

    /// <summary>Trades an opened account until the feed ends or a command stops it.</summary>
    public async Task<SessionResult> TradeAsync(TradingAccount account, AccountPast past, SimulatedProcess? process, long started,
        LiveOptions options, CancellationToken cancellationToken)
    {
        var owner = process ?? World.Outside;
        var session = new OpenedSession(Traded.Spec, Market.Read(process, started), account, past, owner.Clock,
            options with { Machine = "simulated", Process = 1 });
        List<StrategyOutcome> outcomes = [];
        var host = await LiveHost.CreateAsync(session, new StrategyPass(Traded.Plan, Traded.Markets) { Finished = outcomes.AddRange },
            cancellationToken).ConfigureAwait(false);
        await host.RunAsync(cancellationToken).ConfigureAwait(false);
        return SessionResult.Of(host, Traded, outcomes);
    }
}
