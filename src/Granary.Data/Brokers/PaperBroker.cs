using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Storage.Retries;

namespace Granary.Data.Brokers;

/// <summary>
/// The paper venue as a broker: a simulated exchange that fills orders on the session's own bars. Like a real exchange, it survives the
/// session: every call is written to a journal, and opening the broker replays that journal.
/// </summary>
/// <remarks>
/// What the session stores of the venue's events must be stored after the venue's entries: the owner of a journal that a power cut can
/// shorten flushes it first. What the venue knows and the session does not is taken back when the session starts again.
/// </remarks>
internal sealed class PaperBroker : IBroker, IMarketListener
{
    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
        Converters = { new TimeframeJson() },
    };

    private const string Returned = "returned";

    /// <summary>The digest of what the exchange books from the recorded journals of the tests, which demand it.</summary>
    internal const string Rules = "b0510105a9af1a39";

    private readonly Func<SimulatedExchange> _create;
    private readonly IJournal _journal;
    private readonly TimeProvider _clock;
    private SimulatedExchange _venue;
    // The last bar of each symbol that the journal does not have: an order that comes next is made at its close.
    private readonly Dictionary<string, ClosedBar> _quiet = new(StringComparer.Ordinal);

    private sealed record Bars(long CloseTime, IReadOnlyList<ClosedBar> Items)
    {
        // The rules by which the bars filled orders.
        public string Rules { get; init; } = "";
    }

    private sealed record Moved(string ClientId, double Price);

    private sealed record Protected(string ClientId, double Stop, double Target);

    // If responses can be lost, the journal must have each submission.
    private readonly bool _losesAnswers;

    private PaperBroker(Func<SimulatedExchange> create, IJournal journal, TimeProvider clock, bool losesAnswers) =>
        (_create, _venue, _journal, _clock, _losesAnswers) = (create, create(), journal, clock, losesAnswers);

    public string Name => "paper";

    /// <param name="settings">Latency and failures of the venue.</param>
    /// <param name="execution">Fees, slippage and fill rules.</param>
    /// <param name="instruments">The instruments by symbol; orders for others are rejected.</param>
    /// <param name="journal">Disposed of with the broker.</param>
    /// <param name="clock">The clock that stamps the journal's entries.</param>
    /// <param name="cancellationToken">Cancels the reading of the journal.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static async Task<PaperBroker> OpenAsync(
        PaperSettings settings, ExecutionSettings execution, IReadOnlyDictionary<string, Instrument> instruments,
        IJournal journal, TimeProvider clock, CancellationToken cancellationToken = default)
    {
        var broker = new PaperBroker(() => new SimulatedExchange(settings, execution, instruments), journal, clock,
            settings.TimeoutShare > 0);
        await broker.RestoreAsync(cancellationToken).ConfigureAwait(false);
        return broker;
    }

    // Computes the venue's state from its journal.
    private async ValueTask RestoreAsync(CancellationToken cancellationToken)
    {
        var kept = new List<JournalEntry>();
        await foreach (var entry in _journal.ReadAsync(new JournalQuery(), cancellationToken).ConfigureAwait(false))
            if (entry.Kind == Returned) Cut(kept, JsonSerializer.Deserialize<Bars>(entry.Body.Span, Json)!.CloseTime);
            else kept.Add(entry);
        _venue = _create();
        foreach (var entry in kept) Apply(entry);
    }

    // Removes the first bars after this time, and all that followed them.
    private static void Cut(List<JournalEntry> kept, long closeTime)
    {
        var later = kept.FindIndex(e => e.Kind == "bars" && JsonSerializer.Deserialize<Bars>(e.Body.Span, Json)!.CloseTime > closeTime);
        if (later >= 0) kept.RemoveRange(later, kept.Count - later);
    }

    private void Apply(JournalEntry entry)
    {
        switch (entry.Kind)
        {
            case "order": _venue.Submit(JsonSerializer.Deserialize<BrokerOrder>(entry.Body.Span, Json)!); break;
            case "asked": _venue.AnswerOf(entry.Strategy); break;
            case "cancel": _venue.Cancel(entry.Strategy); break;
            case "stop":
                var moved = JsonSerializer.Deserialize<Moved>(entry.Body.Span, Json)!;
                _venue.MoveStop(moved.ClientId, moved.Price);
                break;
            case "protect":
                var levels = JsonSerializer.Deserialize<Protected>(entry.Body.Span, Json)!;
                _venue.Protect(levels.ClientId, levels.Stop, levels.Target);
                break;
            case "bars":
                var bars = JsonSerializer.Deserialize<Bars>(entry.Body.Span, Json)!;
                if (bars.Rules != Rules)
                    throw new JournalException($"entry {entry.Sequence} of the paper broker's journal follows the rules of another "
                        + "version of Granary, which this one cannot repeat; begin another account, or use that version for this one");
                _venue.OnBars(bars.CloseTime, bars.Items);
                break;
        }
    }

    // While the journal's server is unreachable, the venue and its caller wait.
    private async ValueTask KeepAsync(string kind, string about, object body, CancellationToken cancellationToken)
    {
        var entry = new JournalEntry(_journal.Last + 1, _clock.GetUtcNow(), kind, about, "",
            JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), Json));
        var retries = RetryPolicies.ServerAway(static e => e is JournalException { MayPass: true }, Timeout.InfiniteTimeSpan, _clock,
            TimeSpan.FromSeconds(5));
        await retries.RunAsync(async stop =>
        {
            await _journal.WriteAsync([entry], stop).ConfigureAwait(false);
            return entry;
        }, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<BrokerOrderStatus> SubmitAsync(BrokerOrder order, CancellationToken cancellationToken = default)
    {
        if (_losesAnswers) await KeepAsync("asked", order.ClientId, "", cancellationToken).ConfigureAwait(false);
        var (lost, arrived) = _venue.AnswerOf(order.ClientId);
        if (lost && !arrived) throw NoAnswer(order);
        if (_venue.Find(order.ClientId) is null)
        {
            if (_quiet.Count > 0)
                await KeepAsync("bars", "", new Bars(_venue.Timestamp, [.. _quiet.Values]) { Rules = Rules },
                    cancellationToken).ConfigureAwait(false);
            _quiet.Clear();
            await KeepAsync("order", order.ClientId, order, cancellationToken).ConfigureAwait(false);
        }
        var status = _venue.Submit(order);
        return lost ? throw NoAnswer(order) : status;
    }

    private static BrokerUnavailableException NoAnswer(BrokerOrder order) =>
        new($"paper: no answer to order {order.ClientId}, as the option 'timeout' requests");

    public async ValueTask<BrokerOrderStatus?> CancelAsync(string clientId, CancellationToken cancellationToken = default)
    {
        await KeepAsync("cancel", clientId, "", cancellationToken).ConfigureAwait(false);
        return _venue.Cancel(clientId);
    }

    public async ValueTask<BrokerOrderStatus?> MoveStopAsync(string clientId, double stopPrice,
        CancellationToken cancellationToken = default)
    {
        await KeepAsync("stop", clientId, new Moved(clientId, stopPrice), cancellationToken).ConfigureAwait(false);
        return _venue.MoveStop(clientId, stopPrice);
    }

    public async ValueTask<BrokerOrderStatus?> ProtectAsync(string clientId, double stopPrice, double targetPrice,
        CancellationToken cancellationToken = default)
    {
        await KeepAsync("protect", clientId, new Protected(clientId, stopPrice, targetPrice), cancellationToken).ConfigureAwait(false);
        return _venue.Protect(clientId, stopPrice, targetPrice);
    }

    public ValueTask<BrokerOrderStatus?> FindAsync(string clientId, CancellationToken cancellationToken = default) =>
        new(_venue.Find(clientId));

    public ValueTask<IReadOnlyList<BrokerEvent>> PollAsync(long after, CancellationToken cancellationToken = default) =>
        new(_venue.Poll(after));

    public ValueTask<BrokerSnapshot> SnapshotAsync(CancellationToken cancellationToken = default) => new(_venue.Snapshot());

    public async ValueTask OnBarsAsync(long closeTime, IReadOnlyList<ClosedBar> bars, CancellationToken cancellationToken = default)
    {
        if (bars.Count == 0)
        {
            if (closeTime >= _venue.Timestamp) return;
            await KeepAsync(Returned, "", new Bars(closeTime, []), cancellationToken).ConfigureAwait(false);
            await RestoreAsync(cancellationToken).ConfigureAwait(false);
            return;
        }
        if (closeTime <= _venue.Timestamp) return;
        // The journal omits bars on which no order can change.
        var works = _venue.HasWork;
        if (works) await KeepAsync("bars", "", new Bars(closeTime, bars) { Rules = Rules }, cancellationToken).ConfigureAwait(false);
        foreach (var bar in bars)
            if (works) _quiet.Remove(bar.Symbol);
            else _quiet[bar.Symbol] = bar;
        _venue.OnBars(closeTime, bars);
    }

    public ValueTask DisposeAsync() => _journal.DisposeAsync();
}
