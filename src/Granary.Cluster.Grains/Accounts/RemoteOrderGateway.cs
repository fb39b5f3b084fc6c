using System.Diagnostics;
using System.Runtime.CompilerServices;
using Granary.Cluster.Accounts;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Trading.Live;

namespace Granary.Cluster.Grains.Accounts;

/// <summary>
/// The order grain as a session sees it. Steps that can wait travel with the next call, in order: at most two calls per time slice. The
/// ledger here follows the grain's ledger by the facts of the journal.
/// </summary>
internal sealed class RemoteOrderGateway(IOrderGrain grain, long epoch, double cash, GatewayOpened opened) : IOrderGateway
{
    private const int MostWaiting = 256;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly List<WaitingStep> _waiting = [];
    private AccountLedger? _ledger;
    private long _called = Stopwatch.GetTimestamp();

    public string Broker => opened.Broker;

    public string Name => opened.Name;

    public string? Cut => opened.Cut;

    /// <summary>The silo.</summary>
    public string Where => opened.Where;

    public string? JournalFault { get; private set; }

    public string? VenueFault { get; private set; }

    public TimeSpan Appending { get; private set; }

    public long FirstSent { get; private set; }

    public async IAsyncEnumerable<JournalEntry> ReadAsync(IReadOnlyList<string> without,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var after = 0L; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await grain.ReadEntriesAsync(epoch, after, [.. without]).ConfigureAwait(false);
            if (page.Count == 0) yield break;
            after = page[^1].Sequence;
            foreach (var fact in page) yield return GatewayEvents.ToEntry(fact);
        }
    }

    public async ValueTask BeginAsync(AccountLedger ledger, string tag, IReadOnlyDictionary<string, Instrument> instruments,
        CancellationToken cancellationToken = default)
    {
        await grain.BeginAsync(epoch, tag, cash, instruments).WaitAsync(cancellationToken).ConfigureAwait(false);
        _ledger = ledger;
    }

    public async ValueTask AppendAsync(IReadOnlyList<JournalEvent> facts, CancellationToken cancellationToken = default) =>
        await CallAsync(waiting => grain.AppendAsync(epoch, waiting, Facts(facts)), cancellationToken).ConfigureAwait(false);

    public async ValueTask NoteAsync(JournalEvent fact, CancellationToken cancellationToken = default)
    {
        _waiting.Add(new FactNoted(GatewayEvents.Of(fact)));
        if (_waiting.Count >= MostWaiting) await FlushAsync(onlyIfDue: true, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask FlushIfDueAsync(CancellationToken cancellationToken = default)
    {
        // Facts that wait in the grain need a call too.
        if (Stopwatch.GetElapsedTime(_called) >= Longest) await FlushAsync(onlyIfDue: true, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken = default) =>
        await FlushAsync(onlyIfDue: false, cancellationToken).ConfigureAwait(false);

    private async ValueTask FlushAsync(bool onlyIfDue, CancellationToken cancellationToken) =>
        await CallAsync(waiting => grain.FlushAsync(epoch, waiting, onlyIfDue), cancellationToken).ConfigureAwait(false);

    public ValueTask OnBarsAsync(long timestamp, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default)
    {
        var closed = new GatewayBar[bars.Count];
        for (var i = 0; i < closed.Length; i++) closed[i] = GatewayEvents.Of(bars[i]);
        _waiting.Add(new BarsClosed(timestamp, closed));
        return default;
    }

    public async ValueTask PollAsync(long timestamp, CancellationToken cancellationToken = default) =>
        await CallAsync(waiting => grain.PollAsync(epoch, waiting, timestamp), cancellationToken).ConfigureAwait(false);

    public async ValueTask SendAsync(long timestamp, List<JournalEvent> facts, List<OrderIntended> intents,
        CancellationToken cancellationToken = default)
    {
        foreach (var intent in intents) _ledger!.Intend(intent);
        var answer = await CallAsync(waiting => grain.SendAsync(epoch, waiting, timestamp, Facts(facts), Facts(intents)), cancellationToken)
            .ConfigureAwait(false);
        FirstSent = Stopwatch.GetTimestamp() - answer.SinceFirstSent * Stopwatch.Frequency / TimeSpan.TicksPerSecond;
    }

    public async ValueTask CancelAsync(long timestamp, TrackedOrder order, CancellationToken cancellationToken = default) =>
        await CallAsync(waiting => grain.CancelAsync(epoch, waiting, timestamp, order.Order.ClientId), cancellationToken)
            .ConfigureAwait(false);

    public async ValueTask<bool> MoveStopAsync(long timestamp, string entry, double price, CancellationToken cancellationToken = default) =>
        (await CallAsync(waiting => grain.MoveStopAsync(epoch, waiting, timestamp, entry, price), cancellationToken)
            .ConfigureAwait(false)).Moved;

    public async ValueTask<IReadOnlyList<string>> SynchroniseAsync(long timestamp, CancellationToken cancellationToken = default) =>
        (await CallAsync(waiting => grain.SynchroniseAsync(epoch, waiting, timestamp), cancellationToken).ConfigureAwait(false)).Found;

    /// <summary>Releases the account; if the call fails, the next session's epoch takes it over.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await grain.CloseAsync(epoch).WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        }
        catch (Exception e) when (Loss.Is(e))
        {
        }
    }

    private static GatewayEvent[] Facts(IReadOnlyList<JournalEvent> facts)
    {
        var written = new GatewayEvent[facts.Count];
        for (var i = 0; i < written.Length; i++) written[i] = GatewayEvents.Of(facts[i]);
        return written;
    }

    private async ValueTask<GatewayAnswer> CallAsync(Func<IReadOnlyList<WaitingStep>, Task<GatewayAnswer>> call,
        CancellationToken cancellationToken)
    {
        WaitingStep[] waiting = [.. _waiting];
        _waiting.Clear();
        var answer = await call(waiting).WaitAsync(cancellationToken).ConfigureAwait(false);
        while (!answer.Done)
        {
            // The journal is away: nothing is sent until it is back.
            (JournalFault, VenueFault) = (answer.JournalFault, answer.VenueFault);
            answer = await grain.AwaitAsync(epoch).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        _called = Stopwatch.GetTimestamp();
        foreach (var fact in answer.Facts) _ledger?.Apply(GatewayEvents.ToEvent(fact));
        (JournalFault, VenueFault, Appending) = (answer.JournalFault, answer.VenueFault, new TimeSpan(answer.Appending));
        return answer;
    }
}
